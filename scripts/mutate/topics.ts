/** The folders that are mutated, and the scenarios for each of them: every scenario imports every file. */

export interface Topic {
  readonly folder: string;
  readonly scenarios: readonly string[];
}

export const TOPICS: readonly Topic[] = [
  { folder: 'src/quota', scenarios: ['quotas', 'moderation', 'bills', 'settings'] },
  {
    folder: 'src/catalogue/prices',
    scenarios: ['price-question', 'draft-prices', 'withdrawn-model'],
  },
  {
    folder: 'src/jobs/record',
    scenarios: ['main-job', 'failures', 'cancelling'],
  },
  { folder: 'src/jobs/acceptance', scenarios: ['button-permissions', 'drafts', 'defaults'] },
  { folder: 'src/jobs/queue', scenarios: ['quotas', 'cancelling'] },
  {
    folder: 'src/jobs/submission',
    scenarios: ['vendor-answers', 'withdrawn-model', 'failing-vendor'],
  },
  {
    folder: 'src/discord/messages',
    scenarios: [
      'delivery',
      'delivery-fallbacks',
      'delivery-lost',
      'private-and-notify',
      'failures',
    ],
  },
  { folder: 'src/discord/rest', scenarios: ['delivery', 'blocked-route', 'discord-degraded'] },
  {
    folder: 'src/discord/moderation',
    scenarios: ['quotas', 'settings', 'settings-check', 'log-channel'],
  },
  {
    folder: 'src/discord/interactions',
    scenarios: ['claims', 'callback-answers', 'private-answers'],
  },
];

/** @returns whether the file belongs to a folder, or to the file of the same name beside it */
export function isInTopic(file: string, folder: string): boolean {
  return file.startsWith(`${folder}/`) || file === `${folder}.ts`;
}

export function scenariosFor(file: string): string[] {
  const topic = TOPICS.find(({ folder }) => isInTopic(file, folder));
  return (topic?.scenarios ?? []).map((name) => `test/scenarios/${name}.test.ts`);
}
