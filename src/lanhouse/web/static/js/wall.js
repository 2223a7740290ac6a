// The wall screen looks every few seconds what there is now. Written for the browser of an old TV:
// whatever fails leaves the last numbers on the screen and says from when they are.
"use strict";

(function () {
  var EVERY_MS = 10000;
  var lost = document.getElementById("lost");
  var words = lost.querySelector("[data-words]");

  function tell(isLost) {
    var main = document.querySelector("main");
    if (isLost && lost.hidden) words.textContent = words.getAttribute("data-words").replace("{time}", main.getAttribute("data-at"));
    lost.hidden = !isLost;
  }

  function show(page) {
    var fresh = page && page.querySelector("main.wall");
    if (!fresh) return tell(true);
    var assets = document.documentElement.getAttribute("data-assets");
    if (page.documentElement.getAttribute("data-assets") !== assets) return location.reload();
    var main = document.querySelector("main");
    main.parentNode.replaceChild(document.adoptNode(fresh), main);
    tell(false);
  }

  function look() {
    var request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.timeout = 8000;
    request.onload = function () {
      if (request.status === 200) return show(request.response);
      // Switched off: nothing of the hall stays on the screen.
      if (request.status === 404) document.querySelector("main").textContent = "";
      else tell(true);
    };
    request.onerror = request.ontimeout = function () { tell(true); };
    request.send();
  }

  setInterval(look, EVERY_MS);
})();
