// What Here to Help would be told of a row, in people's words.

import { el } from './dom.js';

/** Folded up until somebody wants to know; `show()` gives the row's line of `h2h preview --json`. */
export function sent(show) {
  const list = el('dl');
  const details = el('details', {}, el('summary', {}, 'What Here to Help would be told'), list);
  details.addEventListener('toggle', async () => {
    if (!details.open || list.hasChildNodes()) return;
    for (const [name, text] of toldOf(await show())) list.append(el('dt', {}, name), el('dd', {}, text));
  });
  return details;
}

/** Names and texts; what is blank is not sent. */
function toldOf(line) {
  const { request = {}, address, notes = [] } = line ?? {};
  const told = { ...request, ...address };
  const joined = (names, by) => names.map((name) => told[name]).filter(Boolean).join(by);
  const known = [
    ['Name', joined(['FirstName', 'LastName'], ' ')],
    ['Date of birth', joined(['DobDay', 'DobMonth', 'DobYear'], '/')],
    ['NHS number', told.NhsNumber],
    ['Id', told.NhsCtasId],
    ['Telephone', told.ContactTelephoneNumber],
    ['Mobile', told.ContactMobileNumber],
    ['E-mail', told.EmailAddress],
    ['Address', joined(['AddressFirstLine', 'AddressSecondLine', 'AddressThirdLine', 'Postcode'], ', ')],
    ['UPRN', told.Uprn],
    ['Help needed', joined(['HelpNeeded', 'HelpNeededSubtype'], ': ')],
    ['Call back', told.CallbackRequired === undefined ? '' : told.CallbackRequired ? 'asked for' : 'not asked for'],
  ];
  const others = Object.entries(request.Metadata ?? {}).map(([name, value]) => [name.replaceAll('_', ' '), String(value ?? '')]);
  return [...known, ...others, ...notes.map(({ note }) => ['Note', note])].filter(([, text]) => text);
}
