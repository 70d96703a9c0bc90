/** Server-Sent Events: tells each open page what it shows, whenever that changes. */
import type { WebRequest } from './http.ts';

/** Changes within this time go out together. */
const GATHER_MS = 40;
/** Answers that are overdue become failures by the passing of time alone. */
const LOOK_AGAIN_MS = 1_000;

export class Updates {
  readonly #pages = new Set<() => void>();

  /** Something changed that some page may show. */
  changed(): void {
    for (const look of this.#pages) look();
  }

  /** Keeps the page up to date until it closes. `write` gives what it shows, as JSON. */
  open({ request, response }: WebRequest, write: () => string): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
    let last = '';
    let timer: NodeJS.Timeout | undefined;
    const send = (): void => {
      timer = undefined;
      const json = write();
      if (json === last) return;
      last = json;
      response.write(`data: ${json}\n\n`);
    };
    const look = (): void => {
      timer ??= setTimeout(send, GATHER_MS);
    };
    const clock = setInterval(look, LOOK_AGAIN_MS);
    this.#pages.add(look);
    request.once('close', () => {
      clearTimeout(timer);
      clearInterval(clock);
      this.#pages.delete(look);
    });
    send();
  }
}
