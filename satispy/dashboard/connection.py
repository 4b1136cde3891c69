"""A page that has lost its server says so, goes on trying, and heals."""

from typing import Any, Final

from bokeh.models import CustomJS

from satispy.locales.messages import _

#: Bokeh doubles its pauses up to 16 s and gives up after half a minute: an app that is back is
#: found late, and a laptop sleeps longer. It also keeps the half of a message that a dying server
#: had sent, takes the next server's first for its other half, and closes for ever. One timer,
#: since each failed attempt comes here again. Of a document's event, `cb_data` is the event. Once
#: the visit is over, the page is asked for again, and leads to the login page.
_GO_ON: Final = """
  const connection = cb_data.connection.deref();
  if (connection) connection._receiver = new connection._receiver.constructor();
  if (!document.getElementById("satispy-lost")) {
    const notice = document.createElement("div");
    notice.id = "satispy-lost";
    notice.setAttribute("role", "alert");
    notice.textContent = lost;
    Object.assign(notice.style, {
      position: "fixed", bottom: "20px", left: "50%", transform: "translateX(-50%)",
      zIndex: 2000, padding: "12px 20px", borderRadius: "10px", maxWidth: "90vw",
      background: "#a81733", color: "#fff", font: "600 16px Roboto, system-ui, sans-serif",
    });
    document.body.append(notice);
  }
  clearTimeout(window.satispyGoesOn);
  window.satispyGoesOn = setTimeout(async () => {
    const still = await fetch("still").catch(() => null);
    if (still?.status === 401) location.reload(); else cb_data.reconnect();
  }, 2000);
"""
_BACK: Final = """document.getElementById("satispy-lost")?.remove();"""


def keep(document: Any) -> None:
    """Not by Panel's own notice, which adds English sentences and a button that does the same."""
    lost = CustomJS(args={"lost": _("Connexion perdue, nouvel essai…")}, code=_GO_ON)
    document.js_on_event("connection_lost", lost)
    document.js_on_event("client_reconnected", CustomJS(code=_BACK))
