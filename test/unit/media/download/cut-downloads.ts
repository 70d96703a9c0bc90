/** Downloads from a server that cuts them where the test says. */
import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { MINUTE } from '#src/clock.ts';

import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import { mp4File } from '../../../fakes/videos.ts';
import { createFetcher, startServer, type Answer } from './remote-server.ts';

export const VIDEO = mp4File({ mediaBytes: 200_000 });
export const REQUEST = {
  kind: 'result',
  maxBytes: 1_000_000,
  timeoutMs: MINUTE,
  expect: 'mp4',
} as const;

interface Cutting {
  file?: Buffer;
  /** After how many bytes of its body each response is cut; a missing entry means not at all. */
  cuts: readonly number[];
  headers?: Record<string, string>;
  isRangeKnown?: boolean;
  /** Answers the request with this index, from 0, in place of the file. */
  instead?: Record<number, Answer>;
}

/** Resolves when so many bytes of the file are on the disk. */
type Arrived = (byteLength: number) => Promise<void>;

/** Serves a file like a correct store, and cuts some responses after their headers. */
export function cutResponses({
  file = VIDEO,
  cuts,
  headers = { etag: '"one"' },
  isRangeKnown = true,
  instead = {},
}: Cutting): (arrived: Arrived) => Answer {
  let count = -1;
  return (arrived) => (request, response) => {
    count += 1;
    const other = instead[count];
    if (other !== undefined) return other(request, response);
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const condition = request.headers['if-range'];
    const isPart = isRangeKnown && (condition === undefined || condition === headers['etag']);
    const from = range !== undefined && isPart ? Number(range) : 0;
    const cutAfter = cuts[count];
    if (cutAfter === undefined) return sendFrom({ response, file, from, headers });
    sendFrom({ response, file, from, headers }, cutAfter);
    void arrived(from + cutAfter).then(() => response.destroy());
  };
}

export function sendFrom(
  part: {
    response: ServerResponse;
    file: Buffer;
    from: number;
    headers: Record<string, string>;
  },
  shownBytes?: number,
): void {
  const { response, file, from, headers } = part;
  const body = file.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    ...headers,
    'content-length': String(body.length),
    'content-type': 'video/mp4',
    ...(from > 0 ? { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` } : {}),
  });
  if (shownBytes === undefined) response.end(body);
  else response.write(body.subarray(0, shownBytes));
}

export async function download(
  answer: (arrived: Arrived) => Answer,
  changes: Partial<typeof REQUEST> | object = {},
) {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'video.mp4');
  const arrived: Arrived = async (byteLength) => {
    const size = (): number => statSync(`${path}.part`, { throwIfNoEntry: false })?.size ?? 0;
    while (size() < byteLength) await nextTurn();
  };
  await using server = await startServer(answer(arrived));
  await using outside = createFetcher({ videos: [server.host] });
  const outcome = await outside
    .downloadToFile(server.url('/video?signature=s'), path, { ...REQUEST, ...changes })
    .catch((error: unknown) => error);
  return {
    outcome,
    bytes: existsSync(path) ? await readFile(path) : undefined,
    files: await readdir(folder.path),
    ranges: server.requests.map(({ headers }) => headers.range),
    conditions: server.requests.map(({ headers }) => headers['if-range']),
  };
}
