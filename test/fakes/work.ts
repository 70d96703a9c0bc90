/** Measures the work of a piece of code on a machine that may be busy with other things. */

/** @returns processor milliseconds of this process, without the time of other processes */
export async function workMs(act: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
