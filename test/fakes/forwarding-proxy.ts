/**
 * A vendor behind a proxy, on loopback. For each job the proxy answers the first create call as the
 * test says, with or without forwarding it to the vendor; every later create call reaches the vendor
 * and gets its real response. Jobs are distinguished by their seed.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { z } from 'zod';

export interface ProxyAnswer {
  readonly status: number;
  readonly body: string;
  /** Sends half the body, then cuts the connection. */
  readonly isCut: boolean;
  /** Whether the create call reached the vendor, which then has a task. */
  readonly isForwarded: boolean;
}

export interface ForwardingProxy {
  readonly url: string;
  answerFirstCreate(seed: number, answer: ProxyAnswer): void;
  /** Create calls that arrived for a job, and tasks that the vendor made for them and then no longer lists. */
  takeSeen(seed: number): { readonly creates: number; readonly tasks: number };
  close(): Promise<void>;
}

interface Task {
  readonly id: string;
  readonly seed: number;
  readonly echo: Readonly<Record<string, unknown>>;
}

const bodySchema = z.looseObject({ model: z.string().optional(), seed: z.int().optional() });

export async function startForwardingProxy(): Promise<ForwardingProxy> {
  const answers = new Map<number, ProxyAnswer>();
  const creates = new Map<number, number>();
  const tasks: Task[] = [];
  let made = 0;

  function make(seed: number, body: z.infer<typeof bodySchema>): Task {
    const { content: _content, ...echo } = body;
    made += 1;
    const task = { id: `task-${made}`, seed, echo };
    tasks.push(task);
    return task;
  }

  function onCreate(request: IncomingMessage, text: string, response: ServerResponse): void {
    const body = bodySchema.parse(JSON.parse(text));
    // Pixazo’s options are flags in the text of 1.0; where no seed is accepted, the prompt carries it here.
    const seed = body.seed ?? Number(/(?:--seed|seed) (\d+)/.exec(text)?.[1]);
    creates.set(seed, (creates.get(seed) ?? 0) + 1);
    const answer = answers.get(seed);
    answers.delete(seed);
    if (answer === undefined) {
      const { id } = make(seed, body);
      response.end(JSON.stringify(createdAnswer(request, id)));
      return;
    }
    if (answer.isForwarded) make(seed, body);
    send(response, answer);
  }

  const server = createServer((request, response) => {
    void read(request).then((text) => {
      if (request.method === 'POST') {
        onCreate(request, text, response);
        return;
      }
      const { searchParams } = new URL(request.url ?? '/', 'http://proxy');
      const items = listed(tasks, searchParams);
      response.end(JSON.stringify({ items, total: tasks.length }));
    });
  });
  // Keeps the client’s pooled connections alive.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    answerFirstCreate: (seed, answer) => void answers.set(seed, answer),
    takeSeen(seed) {
      const made = tasks.filter((task) => task.seed === seed);
      for (const task of made) tasks.splice(tasks.indexOf(task), 1);
      return { creates: creates.get(seed) ?? 0, tasks: made.length };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A create response as in the official dialect, or as in Pixazo’s 2.x routes. */
function createdAnswer({ url = '/', headers }: IncomingMessage, id: string): object {
  if (!url.startsWith('/seedance-')) return { id };
  const pollingUrl = `http://${headers.host}/v2/requests/status/${id}`;
  return { request_id: id, status: 'QUEUED', polling_url: pollingUrl };
}

/** Newest first, one page per request. */
function listed(tasks: readonly Task[], query: URLSearchParams): unknown[] {
  const createdAt = Math.floor(Date.now() / 1_000);
  const size = Number(query.get('page_size'));
  const first = (Number(query.get('page_num')) - 1) * size;
  return tasks
    .toReversed()
    .slice(first, first + size)
    .map(({ id, echo }) => ({ ...echo, id, status: 'queued', created_at: createdAt }));
}

function send(response: ServerResponse, { status, body, isCut }: ProxyAnswer): void {
  const headers = { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...headers, ...(status < 400 ? { location: '/elsewhere' } : {}) });
  if (!isCut) {
    response.end(body);
    return;
  }
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}
