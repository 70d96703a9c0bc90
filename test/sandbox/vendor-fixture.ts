/** The client for the sandbox vendor’s own tests: plain fetch, so that no client hides a fault. */
import { createServer } from 'node:http';

import { z } from 'zod';

import { plainPng } from '#sandbox/vendor/results/still.ts';
import { startVendor, type VendorOptions, type VendorSandbox } from '#sandbox/vendor/vendor.ts';

export const PRO = 'seedance-1-0-pro-250528';
export const PRO_FAST = 'seedance-1-0-pro-fast-251015';
export const PRO_1_5 = 'seedance-1-5-pro-251215';
export const PRO_2_0 = 'dreamina-seedance-2-0-260128';
export const PRO_2_5 = 'dreamina-seedance-2-5-260628';

export const TASKS = '/contents/generations/tasks';

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    param: z.string(),
    type: z.string(),
  }),
});
const recordSchema = z.record(z.string(), z.unknown());
const listSchema = z.object({
  items: z.array(z.looseObject({ id: z.string(), status: z.string() })),
  total: z.int(),
});
const finishedSchema = z.looseObject({
  content: z.object({ video_url: z.string(), last_frame_url: z.string().optional() }),
  usage: z.object({ completion_tokens: z.int(), total_tokens: z.int() }),
});

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface Client extends AsyncDisposable {
  readonly vendor: VendorSandbox;
  call(method: string, path: string, body?: unknown, key?: string): Promise<Reply>;
  create(body: unknown): Promise<Reply>;
  /** Creates a task, which must be accepted. */
  newTask(body: Record<string, unknown>): Promise<string>;
  retrieve(id: string): Promise<Record<string, unknown>>;
  /** Waits for the end of the task and returns its final body. */
  finished(id: string): Promise<z.infer<typeof finishedSchema>>;
  list(query?: string): Promise<z.infer<typeof listSchema>>;
}

/** A time at which ByteDance served every model of these tests. */
export const BEFORE_RETIREMENTS = (): number =>
  Math.floor(Date.UTC(2026, 3, 1) + performance.now());

/** A separate vendor, before any retirement and with the stored clip unless given. */
export async function vendorClient(options: VendorOptions = {}): Promise<Client> {
  const vendor = await startVendor({
    video: 'stored',
    renderMs: 5,
    now: BEFORE_RETIREMENTS,
    ...options,
  });
  const call = async (method: string, path: string, body?: unknown, key = vendor.key) => {
    const response = await fetch(vendor.url + path, {
      method,
      headers: {
        ...(options.dialect === 'pixazo'
          ? { 'ocp-apim-subscription-key': key }
          : { authorization: `Bearer ${key}` }),
        'content-type': 'application/json',
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const parsed: unknown = await response.json();
    return { status: response.status, headers: response.headers, body: parsed };
  };
  const create = (body: unknown) => call('POST', TASKS, body);
  const retrieve = async (id: string) =>
    recordSchema.parse((await call('GET', `${TASKS}/${id}`)).body);
  return {
    vendor,
    call,
    create,
    retrieve,
    async newTask(body) {
      const { status, body: answer } = await create(body);
      if (status !== 200) throw new Error(`Not taken: ${JSON.stringify(answer)}`);
      return z.strictObject({ id: z.string() }).parse(answer).id;
    },
    async finished(id) {
      await vendor.until((tasks) => tasks.find((task) => task.id === id)?.status === 'succeeded');
      return finishedSchema.parse(await retrieve(id));
    },
    async list(query = '') {
      return listSchema.parse((await call('GET', `${TASKS}?${query}`)).body);
    },
    [Symbol.asyncDispose]: () => vendor.close(),
  };
}

export function errorOf(reply: Reply): z.infer<typeof errorSchema>['error'] {
  return errorSchema.parse(reply.body).error;
}

export function text(words = 'a cat on a roof'): { type: 'text'; text: string } {
  return { type: 'text', text: words };
}

export function image(url: string, role?: string): Record<string, unknown> {
  return { type: 'image_url', image_url: { url }, ...(role === undefined ? {} : { role }) };
}

export function png(width = 640, height = 640): string {
  return `data:image/png;base64,${plainPng(width, height).toString('base64')}`;
}

/** A file behind an http URL on this machine, like a member’s picture. */
export async function serveFile(bytes: Uint8Array): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_, response) => response.end(bytes));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}/file`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
