/** Repeats a call until it returns something, as fast as it responds. */
export async function until<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export async function untilTrue(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => ((await isSo()) ? true : undefined));
}
