// The worker of one sheet: carries requests out, and reads and judges in short steps in between.

const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

let rust;
let started;

// The program asks nothing of its surroundings: what it declares all the same (see web/check/build) it never calls.
const refuse = () => { throw new Error('The check asks nothing of the browser.'); };
const nothing = new Proxy({}, { get: () => new Proxy({}, { get: () => refuse }) });

self.onmessage = async ({ data: { id, request, bytes, program } }) => {
  try {
    if (program) {
      started = WebAssembly.instantiate(program, nothing);
      return;
    }
    rust = (await started).instance.exports;
    if (bytes) {
      put(new Uint8Array(bytes));
      rust.take_file();
    }
    const answer = ask(request);
    if ((request === 'corrected' || request === 'to-fix') && !answer.error) {
      await make(id);
      return;
    }
    give(id, answer);
    if (request.open || request.judge || request.correct) work();
  } catch (fault) {
    self.postMessage({ id, fault: String(fault) });
  }
};

function memory(at, length) {
  return new Uint8Array(rust.memory.buffer, at, length);
}

function put(bytes) {
  const at = rust.room(bytes.length);
  memory(at, bytes.length).set(bytes);
}

function ask(request) {
  put(new TextEncoder().encode(JSON.stringify(request)));
  const length = rust.call();
  return JSON.parse(new TextDecoder().decode(memory(rust.answer(), length)));
}

/** Gives an answer, and the file that was made with it. */
function give(id, answer) {
  const file = answer?.size > 0 ? new Blob([memory(rust.file(), answer.size)], { type: WORKBOOK }) : undefined;
  self.postMessage({ id, answer, file });
}

let working = false;

/** Reads and judges all that is not yet. */
async function work() {
  if (working) return;
  working = true;
  try {
    await inSteps((rows) => ({ step: { rows } }), (progress) => self.postMessage({ progress }));
  } catch (fault) {
    self.postMessage({ fault: String(fault) });
  }
  working = false;
}

/** Makes a file. The answer is `null` if it was ended, or the sheet has changed meanwhile. */
async function make(id) {
  give(id, await inSteps((rows) => ({ make: { rows } }), (making) => making && self.postMessage({ id, making })));
}

/** Asks for steps of some 40 ms, so that what is asked meanwhile is answered soon; tells now and then, and at the end. */
async function inSteps(step, tell) {
  let rows = 100;
  let told = 0;
  for (;;) {
    const begun = performance.now();
    const progress = ask(step(rows));
    const took = performance.now() - begun;
    rows = Math.min(50_000, Math.max(50, Math.round(rows * Math.min(4, 40 / Math.max(took, 1)))));
    const isOver = !progress || progress.is_done || progress.error;
    if (isOver || performance.now() - told > 100) {
      told = performance.now();
      tell(progress);
    }
    if (isOver) return progress;
    await new Promise((soon) => setTimeout(soon));
  }
}
