// Keeps the page fresh: fetches it again and puts the new <main> in place of the old one.
const EVERY = 2000;
const LIVE = document.getElementById('live');

async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, {cache: 'no-store'});
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
      if (!answer.ok || !fresh) {
        throw new Error(String(answer.status));
      }
      document.querySelector('main').replaceWith(fresh);
      LIVE.textContent = '● live';
      LIVE.className = 'good';
    } catch (e) {
      LIVE.textContent = '▲ the relay does not answer; what you see is old';
      LIVE.className = 'bad';
    }
  }
  setTimeout(refresh, EVERY);
}

setTimeout(refresh, EVERY);
