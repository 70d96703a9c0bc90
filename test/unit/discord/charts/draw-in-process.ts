/** Draws a chart and prints the modules that the main thread loaded for it. Runs in a separate process. */
import { registerHooks } from 'node:module';

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});

const { createChartDrawer } = await import('#src/discord/charts/chart-drawer.ts');
const { pino } = await import('pino');
const { A_REPORT } = await import('./a-report.ts');
const png = await createChartDrawer(pino()).drawReport(A_REPORT);
process.stdout.write(JSON.stringify({ bytes: png?.byteLength ?? 0, loaded }));
