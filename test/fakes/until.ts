/** Asks until there is an answer, as fast as they come. */
export async function until<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export async function untilSo(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => ((await isSo()) ? true : undefined));
}
