// Follows a run that goes on: the server of the page says when there is news, and the page takes over what has changed. When
// the run has ended its report takes the place of the page. Runs in a browser.

/** Elements whose children are taken over one by one; every other one is replaced as a whole. */
const CONTAINERS = 'main, .plots, .columns';
const FOCUSABLE = 'a, summary, [tabindex]';

/** What the reader has unfolded stays so. */
function keepUnfolded(old, fresh) {
  const before = [...old.querySelectorAll('details')];
  for (const [at, details] of [...fresh.querySelectorAll('details')].entries())
    details.open = before[at]?.open ?? false;
}

/** Replaces an element; what had the focus in it has it again. */
function replace(old, fresh) {
  const at = [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (at >= 0) fresh.querySelectorAll(FOCUSABLE)[at]?.focus({ preventScroll: true });
}

function takeOver(old, fresh) {
  const before = [...old.children];
  const after = [...fresh.children];
  const isAlike = old.nodeName === fresh.nodeName && old.className === fresh.className;
  if (isAlike && old.matches(CONTAINERS) && before.length === after.length) {
    for (const [at, child] of before.entries()) takeOver(child, after[at]);
    return;
  }
  keepUnfolded(old, fresh);
  if (!old.isEqualNode(fresh)) replace(old, fresh);
}

/** The page as of now; null where it is refused, or is the report already. */
async function freshPage() {
  const response = await fetch('./');
  if (!response.ok) return null;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  return fresh.getElementById('lost') ? fresh : null;
}

let isAsking = false;

async function refresh() {
  // Nobody sees it, or somebody is about to copy something.
  if (isAsking || document.hidden || !getSelection().isCollapsed) return;
  isAsking = true;
  // Where the server is gone the stream of news says so.
  const fresh = await freshPage().catch(() => null);
  isAsking = false;
  if (fresh === null) return;
  document.title = fresh.title;
  for (const part of ['header', 'main', 'footer'])
    takeOver(document.querySelector(part), fresh.querySelector(part));
}

const say = (isLost) => {
  document.getElementById('lost').hidden = !isLost;
};

const news = new EventSource('events');
news.addEventListener('open', () => say(false));
news.addEventListener('error', () => say(true));
news.addEventListener('changed', refresh);
news.addEventListener('ended', () => {
  news.close();
  location.reload();
});
document.addEventListener('visibilitychange', refresh);
