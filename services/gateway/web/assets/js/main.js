// The whole script of the web UI. Every page works without it; each module below makes one thing quicker.
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";
import "./requests.js";
import "./dirty.js";
import "./choose.js";
import "./lines.js";
import "./theme.js";
import "./disclosures.js";
import "./dialogs.js";
import "./confidence.js";
import "./effect.js";
import "./toasts.js";
import "./keyboard.js";
import "./tree.js";
import "./live.js";
