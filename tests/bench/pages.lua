-- The same page, asked for again and again by one signed-in browser. Argument: its session cookie.

local text = ""

function init(arguments)
  text = wrk.format("GET", wrk.path, { ["Cookie"] = arguments[1], ["Accept"] = "text/html" })
end

function request()
  return text
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
