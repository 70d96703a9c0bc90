import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

import { describe, expect, test } from 'vitest';

import { UntrustedContentError } from '#src/errors.ts';
import {
  checkDownloadUrl,
  isPublicAddress,
  isWebAddress,
  publicOnlyLookup,
  shownUrl,
} from '#src/media/download/url-rules.ts';

describe('a public address', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '162.159.130.233',
    '168.63.129.15',
    '168.63.129.17',
    '199.36.153.3',
    '199.36.153.12',
    '166.12.0.1',
    '2606:4700::1111',
    '2001:4860:4860::8888',
  ])('%s is a public address', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '168.63.129.16',
    '199.36.153.5',
    '199.36.153.10',
    '161.26.0.10',
    '166.9.212.21',
    '100.100.100.200',
    '192.0.0.192',
    'fd00:ec2::254',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001:0:1::1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '4000::1',
    'localhost',
    '',
  ])('%s is not a public address', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('the URL of a result', () => {
  const check = (text: string, hosts: string[] = []) =>
    checkDownloadUrl(new URL(text), 'result', hosts);

  test.each([
    'https://videos.example/a.mp4?signature=s',
    'https://videos.example:443/a.mp4',
    'https://local.example/a.mp4',
    'https://my.internal.example./a.mp4',
    'https://8.8.8.8/a.mp4',
    'https://[2606:4700::1111]/a.mp4',
  ])('the URL of a result may be %s', (text) => {
    expect(check(text)).toEqual({ isListed: false });
  });

  test.each([
    ['http://videos.example/a.mp4', 'it is not https'],
    ['https://videos.example:8443/a.mp4', 'its port is not 443'],
    ['https://user@videos.example/', 'it carries a user name or password'],
    ['https://:secret@videos.example/', 'it carries a user name or password'],
    ['ftp://videos.example/a.mp4', 'it is not a web address'],
    ['file:///etc/passwd', 'it is not a web address'],
    ['data:video/mp4;base64,AAAA', 'it is not a web address'],
    ['https://127.0.0.1/', 'its address is not public'],
    ['https://2130706433/', 'its address is not public'],
    ['https://0x7f.1/', 'its address is not public'],
    ['https://0177.0.0.1/', 'its address is not public'],
    ['https://127.1./', 'its address is not public'],
    ['https://①②⑦.0.0.1/', 'its address is not public'],
    ['https://[::1]/', 'its address is not public'],
    ['https://[::ffff:169.254.169.254]/', 'its address is not public'],
    ['https://[64:ff9b::7f00:1]/', 'its address is not public'],
    ['https://[fd00::1]/', 'its address is not public'],
    ['https://168.63.129.16/', 'its address is not public'],
    ['https://localhost/a.mp4', 'its address is not public'],
    ['https://localhost./a.mp4', 'its address is not public'],
    ['https://intranet/a.mp4', 'its address is not public'],
    ['https://nas.local/a.mp4', 'its address is not public'],
    ['https://METADATA.google.internal/a.mp4', 'its address is not public'],
    ['https://router.home.arpa./a.mp4', 'its address is not public'],
    ['https://a.b.localhost/a.mp4', 'its address is not public'],
  ])('the URL of a result may not be %s: %s', (text, reason) => {
    expect(() => check(text)).toThrow(UntrustedContentError);
    expect(() => check(text)).toThrow(reason);
  });

  test('the URL of a result may be http, on any port and private when the operator listed its host', () => {
    expect(check('http://127.0.0.1:9000/a.mp4', ['127.0.0.1'])).toEqual({ isListed: true });
    expect(check('http://127.0.0.1:9000/a.mp4', ['127.0.0.1:9000'])).toEqual({ isListed: true });
    expect(check('https://store.example/a.mp4', ['Store.example:443'])).toEqual({ isListed: true });
    expect(check('http://[::1]:9000/a.mp4', ['[::1]:9000'])).toEqual({ isListed: true });
  });

  test('a listed host allows neither another port nor a host with the same ending', () => {
    expect(() => check('http://127.0.0.1:9001/', ['127.0.0.1:9000'])).toThrow('it is not https');
    expect(() => check('http://evilstore.example/', ['store.example'])).toThrow('it is not https');
    expect(() => check('http://store.example.evil/', ['store.example'])).toThrow('is not https');
  });

  test.each([
    ['http://videos.example/a.mp4', 'videos.example'],
    ['https://videos.example:8443/a.mp4', 'videos.example:8443'],
    ['https://10.0.0.7/a.mp4', '10.0.0.7'],
    ['https://[fd00::1]:99/a.mp4', '[fd00::1]:99'],
    ['https://nas.local/a.mp4', 'nas.local'],
    ['ftp://videos.example/a.mp4', undefined],
    ['https://user@videos.example/', undefined],
  ])('the refusal of a result’s URL explains how to list its host: %s', (text, listableHost) => {
    expect(() => check(text)).toThrow(expect.objectContaining({ listableHost }));
  });

  test.each([
    'http://videos.example/a.mp4',
    'https://videos.example:8443/a.mp4',
    'https://[fd00::1]:99/a.mp4',
  ])('a refused URL of a result is allowed once its host is listed as explained: %s', (text) => {
    const { host } = new URL(text);

    expect(check(text, [host])).toEqual({ isListed: true });
  });

  test.each([
    ['https://videos.example/a.mp4', true],
    ['http://10.0.0.1:9/a.mp4', true],
    ['ftp://videos.example/a.mp4', false],
    ['data:video/mp4;base64,AAAA', false],
    ['https://user:pass@videos.example/', false],
    ['/relative.mp4', false],
    ['', false],
    ['https://', false],
  ])('only an http or https URL without a password can be a result: %s', (text, isOne) => {
    expect(isWebAddress(text)).toBe(isOne);
  });

  test('the URL of a result may not carry a password even when its host is listed', () => {
    expect(() => check('http://a:b@127.0.0.1/', ['127.0.0.1'])).toThrow('user name or password');
  });
});

test('the URL of an attachment must be on a listed host', () => {
  const hosts = ['cdn.discordapp.com', 'media.discordapp.net'];
  const check = (text: string) => checkDownloadUrl(new URL(text), 'attachment', hosts);

  expect(check('https://cdn.discordapp.com/ephemeral-attachments/1/2/a.png')).toEqual({
    isListed: true,
  });
  expect(() => check('https://evil.example/a.png')).toThrow(
    'https://evil.example/a.png is not fetched: its host is not one that attachments come from',
  );
  expect(() => check('https://cdn.discordapp.com.evil.example/a.png')).toThrow('its host is not');
});

test('a refusal shows neither query nor password nor token', () => {
  const url = new URL('https://user:pass@host.example/webhooks/1/token?key=secret#part');

  expect(shownUrl(url)).toBe('https://host.example/webhooks/…');
});

describe('the socket’s look-up', () => {
  const answering = (answer: string | LookupAddress[]): LookupFunction => {
    return (_hostname, _options, callback) => callback(null, answer, 4);
  };
  const ask = async (lookup: LookupFunction, all: boolean): Promise<unknown> =>
    new Promise((resolve, reject) => {
      publicOnlyLookup(lookup)('host.example', { all }, (error, address) => {
        if (error === null) resolve(address);
        else reject(error);
      });
    });
  const good = { address: '8.8.8.8', family: 4 };

  test('the look-up passes public addresses on, in the requested form', async () => {
    await expect(ask(answering([good]), true)).resolves.toEqual([good]);
    await expect(ask(answering([good]), false)).resolves.toBe('8.8.8.8');
    await expect(ask(answering('8.8.8.8'), true)).resolves.toEqual([good]);
  });

  test('the look-up refuses a name with one private address among public ones, and one without any', async () => {
    const bad = { address: '10.0.0.1', family: 4 };

    await expect(ask(answering([good, bad]), true)).rejects.toThrow(UntrustedContentError);
    await expect(ask(answering([good, bad]), false)).rejects.toThrow(UntrustedContentError);
    await expect(ask(answering([]), true)).rejects.toThrow(UntrustedContentError);
  });
});
