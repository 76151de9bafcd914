// Sets the theme before the first paint. The app keeps the choice in localStorage.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("screensmith.theme");
  } catch (_) {
    // Storage is refused: follow the system.
  }
  var dark = matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    var now = document.documentElement.dataset.themeChoice || "system";
    document.documentElement.dataset.theme =
      now === "dark" || (now === "system" && dark.matches) ? "dark" : "light";
  }
  document.documentElement.dataset.themeChoice =
    choice === "light" || choice === "dark" ? choice : "system";
  apply();
  dark.addEventListener("change", apply);
  addEventListener("screensmith-theme", apply);
})();
