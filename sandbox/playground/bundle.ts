/** Bundles a page’s TypeScript modules and their libraries into one script, in memory. */
import { rolldown } from 'rolldown';

/**
 * Returns the browser script of a TypeScript entry.
 *
 * @param entry its path. @throws Error that names the unreadable module
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
