import { startVendor, type VendorSandbox } from '#sandbox/vendor/vendor.ts';

export interface SecondVendor extends AsyncDisposable {
  readonly vendor: VendorSandbox;
  /** The settings of a bot that calls it after its own BytePlus. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A PowerTokens account in addition to the scenario’s own vendor. */
export async function startSecondVendor(): Promise<SecondVendor> {
  const vendor = await startVendor({ dialect: 'powertokens', video: 'stored', renderMs: 5 });
  return {
    vendor,
    environment: {
      POWERTOKENS_API_KEY: vendor.key,
      POWERTOKENS_BASE_URL: vendor.url,
      VENDOR_ORDER: 'byteplus,powertokens',
      VIDEO_HOSTS: '127.0.0.1',
    },
    [Symbol.asyncDispose]: async () => vendor.close(),
  };
}
