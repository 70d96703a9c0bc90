/**
 * A certificate for `*.bot.example`, made for these tests and trusted by nothing else. It is
 * checked in because a machine may have no program that makes one. Valid until 2126.
 */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

export const CERTIFICATE = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1SqWBskemPx0zM1/
7B1J8Yj20lccS24pyNLi/0ywF3yhRANCAAQHYSyKhDyBIoPBMjgWQ0IbuquyYHck
Vxj4UGbfRWydCSEau2rpV9tjOMteuGfSN+pfcbbdioP6SIj2ZE3wR3Dq
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBtDCCAVmgAwIBAgIUBzROLGjLryvx4pzcvEQ6lDojUBEwCgYIKoZIzj0EAwIw
ITEfMB0GA1UEAwwWc2VlZGFuY2UtZGlzY29yZCB0ZXN0czAgFw0yNjExMjgyMTIz
NDJaGA8yMTI2MTEwNDIxMjM0MlowITEfMB0GA1UEAwwWc2VlZGFuY2UtZGlzY29y
ZCB0ZXN0czBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAdhLIqEPIEig8EyOBZD
Qhu6q7JgdyRXGPhQZt9FbJ0JIRq7aulX22M4y164Z9I36l9xtt2Kg/pIiPZkTfBH
cOqjbTBrMB0GA1UdDgQWBBRI952WyzH5q4nzf1bT0GRYmE6ypTAfBgNVHSMEGDAW
gBRI952WyzH5q4nzf1bT0GRYmE6ypTAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQR
MA+CDSouYm90LmV4YW1wbGUwCgYIKoZIzj0EAwIDSQAwRgIhAJOubf2pud/iq0h2
d0+aIW9UTijsf0z0aJgvdrJ9sEXHAiEA0o5tJrn4NNkclXC2qoNhk5DdSW7Z44Jb
BuYTmGM812o=
-----END CERTIFICATE-----
`,
};

/** Lets this process trust the certificate until it is disposed of. */
export function trustCertificate(): Disposable {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, CERTIFICATE.cert]);
  return { [Symbol.dispose]: () => setDefaultCACertificates(before) };
}
