/** Makes one script of a page's TypeScript modules and the libraries they use, in memory. */
import { rolldown } from 'rolldown';

/**
 * Returns the browser script of a TypeScript entry.
 *
 * @param entry its path. @throws Error that names the module which cannot be read
 */
export async function bundlePage(entry: string): Promise<string> {
  const bundle = await rolldown({ input: entry, platform: 'browser', logLevel: 'silent' });
  try {
    const { output } = await bundle.generate({ format: 'esm', sourcemap: 'inline' });
    return output[0].code;
  } finally {
    await bundle.close();
  }
}
