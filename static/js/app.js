// Every page works without this file. It loads the GOV.UK components only where a page uses one.
const own = document.querySelector("script[data-components]");
const parts = document.querySelectorAll(
  "[data-module='govuk-error-summary'], [data-module='govuk-character-count']"
);

if (own && parts.length) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  import(own.dataset.components).then((govuk) => {
    govuk.createAll(govuk.ErrorSummary);
    govuk.createAll(govuk.CharacterCount);
  });
}

// A second press within a second is a tremor, not a second wish. The one-time key holds it as well.
const sent = new WeakMap();
document.addEventListener("submit", (event) => {
  const now = Date.now();
  if (now - (sent.get(event.target) || 0) < 1000) event.preventDefault();
  else sent.set(event.target, now);
});

// The menu of the account closes with Escape, or when somebody presses elsewhere.
const menu = document.querySelector(".app-account");
if (menu) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
}

// What only a script can do, like a passkey, is hidden until there is one.
document.querySelectorAll("[data-needs-script]").forEach((part) => {
  part.hidden = false;
});
document.addEventListener("allauth.error", () => {
  document.querySelectorAll("[data-passkey-problem]").forEach((part) => {
    part.hidden = false;
  });
});

// A page that waits for the worker counts on by itself, and is loaded again when the worker is done.
const waiting = document.querySelector("[data-waiting]");
const look = async () => {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-waiting]");
    if (!now) {
      location.reload();
      return;
    }
    waiting.replaceChildren(...now.childNodes);
  } catch {
    // No connection just now: the next look may have one.
  }
  setTimeout(look, 2000);
};
if (waiting) setTimeout(look, 2000);
