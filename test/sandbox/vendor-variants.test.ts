import { expect, test } from 'vitest';

import { ANSWER_VARIANTS, type AnswerVariant } from '#sandbox/vendor/vendor.ts';

import { vendorClient } from './vendor-fixture.ts';

const CREATE = '/v1/seedance/videos';
const BODY = {
  model: 'seedance_1_5_pro_480p',
  content: [{ type: 'text', text: 'a crab' }],
  duration: 4,
};

/** The responses to a create call, to two polls of the finished task, and to a poll of a missing one. */
async function textsOf(variant: AnswerVariant | undefined): Promise<string[]> {
  await using client = await vendorClient({ dialect: 'kyyaipower', variant });
  const { vendor } = client;
  const ask = async (path: string, body?: unknown): Promise<string> => {
    const response = await fetch(`${vendor.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${vendor.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // `text()` would swallow a byte order mark.
    const bytes = Buffer.from(await response.arrayBuffer());
    return `${response.status} ${bytes.toString('utf8')}`;
  };
  const created = await ask(CREATE, BODY);
  await vendor.until((tasks) => tasks.every(({ status }) => status === 'succeeded'));
  const look = `/v1/result/${vendor.tasks[0]?.id}`;
  return [created, await ask(look), await ask(look), await ask('/v1/result/none')];
}

const SHOWN: Readonly<Record<AnswerVariant, readonly (RegExp | undefined)[]>> = {
  'upper-case-status': [/"status":"QUEUED"/, /"status":"COMPLETED"/],
  'mixed-case-status': [/"status":"Queued"/, /"status":"Completed"/],
  'pending-and-success': [/"status":"pending"/, /"status":"success"/],
  'waiting-and-complete': [/"status":"waiting"/, /"status":"complete"/],
  'numeric-id': [/"id":1923456789012345677,/, /"id":1923456789012345677,/],
  'task-id': [/\{"task_id":"video_/, /\{"task_id":"video_/],
  'wrapped-in-data': [/^200 \{"data":\{"id"/, /^200 \{"data":\{"id"/],
  'wrapped-with-code': [/^200 \{"code":200,"message":"success","data":\{/],
  'byte-order-mark': [/^200 \uFEFF\{/, /^200 \uFEFF\{/],
  'relative-link': [undefined, /"video_url":"\/results\//],
  'video-as-object': [undefined, /"video_url":\{"url":"http/],
  'video-as-list': [undefined, /"video_url":\[\{"url":"http/],
  'video-as-string': [undefined, /"video_url":"http/],
  'late-link': [undefined, /"video_url":null/, /"video_url":"http/],
  'missing-keys': [
    /^200 \{"id":"[^"]+","status":"queued"\}$/,
    /^200 \{"status":"completed","video_url"/,
  ],
  'null-keys': [/"usage":null/, /"usage":null/],
  'refusal-as-success': [undefined, undefined, undefined, /^200 \{"error":\{/],
  'refusal-as-code': [undefined, undefined, undefined, /^200 \{"code":404,"message":/],
};

test.each(ANSWER_VARIANTS)('responses come as %s when that is configured', async (variant) => {
  const texts = await textsOf(variant);

  const unlike = SHOWN[variant].filter((shown, at) => shown?.test(texts[at] ?? '') === false);
  expect(unlike).toEqual([]);
});

test('responses follow the documentation by default', async () => {
  const [created, finished, again, missing] = await textsOf(undefined);

  expect(created).toMatch(
    /^200 \{"id":"video_[^"]+","object":"video","created":\d+,"model":"seedance_1_5_pro_480p","status":"queued"\}$/,
  );
  expect(finished).toMatch(/"status":"completed","video_url":"http/);
  expect(again).toBe(finished);
  expect(missing).toMatch(/^404 \{"error":\{/);
});

test('kyyAiPower omits the key video_url before the end', async () => {
  await using client = await vendorClient({ dialect: 'kyyaipower', renderMs: 600_000 });
  await client.call('POST', CREATE, BODY);

  const { body } = await client.call('GET', `/v1/result/${client.vendor.tasks[0]?.id}`);

  expect(body).toMatchObject({ status: 'processing' });
  expect(body).not.toHaveProperty('video_url');
});
