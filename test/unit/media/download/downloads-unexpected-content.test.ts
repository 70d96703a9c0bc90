import { describe, expect, test } from 'vitest';

import { UntrustedContentError } from '#src/errors.ts';

import { textFile } from '../../../fakes/images.ts';
import { VIDEO, cutResponses, download } from './cut-downloads.ts';
import { type Answer } from './remote-server.ts';

describe('downloads of unexpected content', () => {
  test.each([
    ['a page', Buffer.from('<!doctype html><title>Expired</title>')],
    ['a long text', Buffer.alloc(20_000, textFile())],
    ['a short text', Buffer.from('try again later')],
  ])('a download refuses content that is not a video: %s', async (_, file) => {
    const { outcome, files, ranges } = await download(cutResponses({ file, cuts: [] }));

    expect(outcome).toBeInstanceOf(UntrustedContentError);
    expect(files).toEqual([]);
    expect(ranges).toHaveLength(1);
  });

  test('a download refuses unexpected content in place of the rest of a video', async () => {
    const page: Answer = (_request, response) => response.end('<title>Expired</title>');
    const { outcome, files } = await download(
      cutResponses({ cuts: [60_000], instead: { 1: page } }),
    );

    expect(outcome).toMatchObject({ message: expect.stringContaining('is not an MP4 video') });
    expect(files).toEqual([]);
  });

  test('a download in parts is cut at the limit', async () => {
    const { outcome, files } = await download(cutResponses({ cuts: [90_000, 90_000, 90_000] }), {
      maxBytes: 150_000,
    });

    expect(outcome).toBeInstanceOf(UntrustedContentError);
    expect(files).toEqual([]);
  });

  test('a download of unstated length is cut at the limit', async () => {
    const { outcome, files } = await download(() => endless(VIDEO));

    expect(outcome).toMatchObject({ message: expect.stringContaining('is larger than') });
    expect(files).toEqual([]);
  });

  test('a download is cut as soon as its content turns out not to be a video', async () => {
    const { outcome, files } = await download(() => endless(textFile()));

    expect(outcome).toMatchObject({ message: expect.stringContaining('is not an MP4 video') });
    expect(files).toEqual([]);
  });

  const endless = (start: Buffer): Answer => {
    return (_request, response) => {
      response.write(start);
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(10_000)));
      };
      response.on('drain', pour);
      pour();
    };
  };
});
