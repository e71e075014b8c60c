// The worker of one sheet: carries requests out, and reads and judges in short steps in between.

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
    const file = answer.size > 0 ? memory(rust.file(), answer.size).slice().buffer : undefined;
    self.postMessage({ id, answer, file }, file ? [file] : []);
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

let working = false;

/** Steps of some 40 ms, so that what is asked meanwhile is answered soon. */
async function work() {
  if (working) return;
  working = true;
  try {
    let rows = 100;
    let told = 0;
    for (;;) {
      const begun = performance.now();
      const progress = ask({ step: { rows } });
      const took = performance.now() - begun;
      rows = Math.min(50_000, Math.max(50, Math.round(rows * Math.min(4, 40 / Math.max(took, 1)))));
      if (progress.is_done || performance.now() - told > 100) {
        told = performance.now();
        self.postMessage({ progress });
      }
      if (progress.is_done) break;
      await new Promise((soon) => setTimeout(soon));
    }
  } catch (fault) {
    self.postMessage({ fault: String(fault) });
  }
  working = false;
}
