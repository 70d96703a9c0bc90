import type { Database } from '#src/storage/database.ts';

export interface JobRowFields {
  id: string;
  guildId: string;
  memberId: string;
  credits: number;
  state?: string;
  model?: string;
  atMs?: number;
}

/** Records a job with the columns that the quota reads. */
export async function insertJobRow(database: Database, fields: JobRowFields): Promise<void> {
  await database
    .insertInto('jobs')
    .values({
      id: fields.id,
      version: 1,
      shown_version: 0,
      state: fields.state ?? 'accepted',
      guild_id: fields.guildId,
      channel_id: '1',
      member_id: fields.memberId,
      interaction_id: fields.id,
      model: fields.model ?? '1.5-pro',
      vendor: null,
      task_id: null,
      submitted_at: null,
      expected_at: null,
      expires_after_seconds: null,
      created_at: fields.atMs ?? 0,
      updated_at: 0,
      hold_credits: fields.credits,
      has_video: 0,
      record: '{}',
    })
    .execute();
}

export async function setJobState(database: Database, id: string, state: string): Promise<void> {
  await database.updateTable('jobs').set({ state }).where('id', '=', id).execute();
}
