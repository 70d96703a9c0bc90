import { describe, expect, test } from 'vitest';

import { linkIn, videoLinkIn, withFullLinks } from '#src/vendors/result-link.ts';

const URL = 'https://files.example/video.mp4?X-Tos-Expires=86400&X-Tos-Signature=a%2Fb';

describe('the video of a finished task', () => {
  test.each([
    [{ content: { video_url: URL } }],
    [{ content: { video_url: { url: URL } } }],
    [{ video_url: URL }],
    [{ video: { url: URL } }],
    [{ video: [{ url: URL }, { url: 'https://files.example/other.mp4' }] }],
    [{ video: [URL] }],
    [{ video: URL }],
    [{ output: { media_url: [URL] } }],
    [{ output: { media_url: URL } }],
    [{ output: { video_url: URL } }],
    [{ output: [URL] }],
    [{ output: URL }],
    [{ content: [{ video_url: URL }] }],
    [{ videos: [{ url: URL }] }],
    [{ video_urls: [URL] }],
    [{ content: null, video_url: ` ${URL}\n` }],
  ])('the video is found in %j', (answer) => {
    expect(videoLinkIn(answer)).toBe(URL);
  });

  test.each([
    [{}],
    [{ video_url: null }],
    [{ video_url: '' }],
    [{ video: [] }],
    [{ video: {} }],
    [{ content: [] }],
    [{ output: null }],
    [{ output: { media_url: 'file:///etc/passwd' } }],
  ])('no video is found in %j', (answer) => {
    expect(videoLinkIn(answer)).toBeUndefined();
  });
});

describe('link checks', () => {
  test.each([
    '/results/1.mp4',
    '/results/1.mp4?sign=a',
    'results/1.mp4',
    './results/1.mp4',
    '//cdn.example/1.mp4',
    '/视频/1.mp4',
    '/résultats/1.mp4',
    'vidéos/1.mp4',
    '/@user/~1.mp4',
  ])('%s may be relative', (link) => {
    expect(linkIn(link)).toBe(link);
  });

  test.each([
    'javascript:alert(1)',
    'data:video/mp4;base64,AAAA',
    'ftp://files.example/v.mp4',
    'cdn.example/video.mp4',
    'video.mp4',
    'soon',
    '/',
    '///etc/passwd',
    '/\\evil.example/1.mp4',
    '/a b',
    `/${'x'.repeat(9_000)}`,
  ])('%s is not a link', (link) => {
    expect(linkIn(link)).toBeUndefined();
  });
});

describe('a relative link', () => {
  const full = (videoUrl: string) =>
    withFullLinks({ status: 'succeeded', videoUrl }, 'https://api.vendor.example:8443');

  test.each([
    ['/results/1.mp4?sign=a', 'https://api.vendor.example:8443/results/1.mp4?sign=a'],
    ['results/1.mp4', 'https://api.vendor.example:8443/results/1.mp4'],
    ['//cdn.example/1.mp4', 'https://cdn.example/1.mp4'],
    [URL, URL],
  ])('%s is resolved against the vendor’s own origin', (link, expected) => {
    expect(full(link)).toEqual({ status: 'succeeded', videoUrl: expected });
  });

  test('the relative link of the last frame is resolved too', () => {
    const status = { status: 'succeeded', videoUrl: URL, lastFrameUrl: '/f/1.png' } as const;

    expect(withFullLinks(status, 'https://a.example')).toMatchObject({
      lastFrameUrl: 'https://a.example/f/1.png',
    });
  });
});
