// Elements, and the words that count things.

/** An element with properties (`on…`: listeners, `aria-…`, `data-…` and the like: attributes) and children. */
export function el(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name.includes('-') || name === 'role' || name === 'for') element.setAttribute(name, value === true ? '' : value);
    else element[name] = value;
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** Puts other children into a parent. Where the keyboard was on one of its buttons, it is on the one that takes its place. */
export function replace(parent, children) {
  const place = [...parent.querySelectorAll('button')].indexOf(document.activeElement);
  parent.replaceChildren(...children);
  const buttons = parent.querySelectorAll('button');
  if (place >= 0) buttons[Math.min(place, buttons.length - 1)]?.focus();
}

/** `1 row`, `2,000 rows`. */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`;
}

/** Today in London, as yyyy-mm-dd. */
export function today() {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', year: 'numeric', month: '2-digit', day: '2-digit' });
  const of = Object.fromEntries(parts.formatToParts(new Date()).map((part) => [part.type, part.value]));
  return `${of.year}-${of.month}-${of.day}`;
}

/** Tells those who do not see the page what has changed. */
export function say(words) {
  const said = document.getElementById('said');
  said.textContent = '';
  requestAnimationFrame(() => { said.textContent = words; });
}

/** Lets the person keep a file under this name. */
export function keep(file, name) {
  const link = el('a', { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
