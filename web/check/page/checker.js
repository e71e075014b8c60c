// The check of one sheet, which runs in a worker of its own.

let address;
let program;

/** The WebAssembly of the page, from the text that it lies in. */
function wasm() {
  program ??= (() => {
    const packed = Uint8Array.from(atob(document.getElementById('wasm').textContent), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  })();
  return program;
}

export class Checker {
  #worker;
  #waiting = new Map();
  #next = 1;
  #settles = [];
  #ready;

  /** `onprogress` is called with how far the sheet is read and judged, `onfault` with a fault of the program. */
  constructor(onprogress, onfault) {
    address ??= URL.createObjectURL(new Blob([document.getElementById('worker').textContent], { type: 'text/javascript' }));
    this.#worker = new Worker(address);
    this.#worker.onmessage = ({ data: { id, answer, file, fault, progress, making } }) => {
      if (progress) {
        onprogress(progress);
        if (progress.is_done) this.#settles.splice(0).forEach(({ done }) => done());
        return;
      }
      const waits = this.#waiting.get(id);
      if (making) {
        waits?.onmaking?.(making);
        return;
      }
      this.#waiting.delete(id);
      if (fault) onfault(fault);
      if (answer?.error) onfault(answer.error);
      if (waits) fault ? waits.fail(new Error(fault)) : waits.done(file ? { ...answer, file } : answer);
    };
    this.#worker.onerror = (event) => onfault(event.message);
    this.#ready = wasm().then((program) => this.#worker.postMessage({ program }));
  }

  /** Asks something of the sheet (src/request.rs has what can be asked). */
  ask(request, bytes) {
    return this.#send(request, { bytes });
  }

  /** Makes a file; `onmaking` is told how far it is. `null` comes back if it was ended by the request `end`, or by a change. */
  make(what, onmaking) {
    return this.#send(what, { onmaking });
  }

  #send(request, { bytes, onmaking }) {
    const id = this.#next++;
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail, onmaking });
      this.#ready.then(() => this.#worker.postMessage({ id, request, bytes }, bytes ? [bytes] : []));
    });
  }

  /** Asks for something that takes longer, and waits until all is read and judged. */
  async settle(request, bytes) {
    const settled = new Promise((done, fail) => this.#settles.push({ done, fail }));
    const answer = await this.ask(request, bytes);
    await settled;
    return answer;
  }

  /** Ends it, and gives its memory back. */
  end() {
    this.#worker.terminate();
    for (const { fail } of [...this.#waiting.values(), ...this.#settles]) fail(new Error('closed'));
  }
}
