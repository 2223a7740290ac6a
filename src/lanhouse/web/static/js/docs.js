// The API pages: one Swagger UI over the three documents that this server generates.
window.addEventListener("DOMContentLoaded", () => {
  const { apis, titles } = document.getElementById("docs").dataset;
  const names = titles.split("|");
  SwaggerUIBundle({
    dom_id: "#docs",
    urls: apis.split(",").map((api, i) => ({ url: `/openapi/${api}.json`, name: names[i] })),
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "StandaloneLayout",
    persistAuthorization: false,
    // The default asks a server on the internet whether the document is valid.
    validatorUrl: null,
    tryItOutEnabled: true,
    docExpansion: "none",
    filter: true,
  });
  // What Swagger UI leaves without a name for those who hear the page.
  const nameParts = () => {
    for (const drawing of document.querySelectorAll("svg:not([aria-hidden], [aria-label])")) drawing.setAttribute("aria-hidden", "true");
    document.getElementById("servers")?.setAttribute("aria-label", "Server");
    document.querySelector(".close-modal")?.setAttribute("aria-label", "Close");
  };
  new MutationObserver(nameParts).observe(document.getElementById("docs"), { childList: true, subtree: true });
});
