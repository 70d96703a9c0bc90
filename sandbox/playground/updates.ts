/** Server-Sent Events: sends each open page its content, whenever that changes. */
import type { WebRequest } from './http.ts';

/** Changes within this time are sent together. */
const GATHER_MS = 40;
/** Overdue responses become failures as time passes, without any other change. */
const LOOK_AGAIN_MS = 1_000;

export class Updates {
  readonly #pages = new Set<() => void>();

  /** Announces a change that some page may show. */
  changed(): void {
    for (const look of this.#pages) look();
  }

  /** Updates the page until it closes. `write` returns its content as JSON. */
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
