/** How much a piece of code works, on a machine that may have much else to do. */

/** @returns processor milliseconds of this process; time in which others had the machine does not count */
export async function workMs(act: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
