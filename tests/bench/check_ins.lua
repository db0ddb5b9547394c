-- One connection is one client at a time: each request is the next key result's owner checking in on it, with a
-- key of its own and a value that rises with every pass over the list.
-- Arguments: a file with a line "<key result> <token>" for each key result; where to begin; a word that makes
-- this run's idempotency keys its own.

local heads, count, sent, run = {}, 0, 0, ""

function init(arguments)
  for line in io.lines(arguments[1]) do
    local key_result, token = line:match("^(%S+) (%S+)$")
    count = count + 1
    heads[count] = "POST /api/v1/key-results/" .. key_result .. "/check-ins HTTP/1.1\r\n"
      .. "Host: " .. wrk.host .. "\r\n"
      .. "Authorization: Bearer " .. token .. "\r\n"
      .. "Content-Type: application/json\r\n"
  end
  sent = tonumber(arguments[2])
  run = arguments[3]
end

function request()
  local place = sent % count + 1
  local pass = math.floor(sent / count)
  sent = sent + 1
  local body = '{"value":' .. (500 + pass % 400) .. ',"confidence":7,"note":"Two more teams are live, the third waits for its data."}'
  return heads[place] .. "Idempotency-Key: " .. run .. "-" .. sent .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
