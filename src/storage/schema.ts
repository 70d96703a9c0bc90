/** The tables as types for the query builder. Times are Unix milliseconds, amounts are whole credits. */
import type { Generated } from 'kysely';

/** An interaction claimed by a process: by one at most, however often Discord sends the interaction. */
export interface ClaimTable {
  interaction_id: string;
  /** The process with the claim; `storage/leases` tells whether it still lives. */
  process_id: string;
  claimed_at: number;
  /** The interaction's token, a secret; null once it has expired. */
  token: string | null;
  /** The language of the asker, for the answer. */
  locale: string;
  /** When handling was finished or refused. Null with a dead process: the member still waits for an answer. */
  finished_at: number | null;
}

export interface JobTable {
  id: string;
  version: number;
  /** The version that Discord shows. The message is updated while this is behind `version`. */
  shown_version: number;
  /** The position in the queue that Discord shows; null where it shows none. */
  shown_position: Generated<number | null>;
  /** When the message of an ended job is to be verified; null before its end, and once verified. */
  verify_at: Generated<number | null>;
  state: string;
  guild_id: string;
  channel_id: string;
  member_id: string;
  /** Unique: an interaction creates at most one job. */
  interaction_id: string;
  model: string;
  vendor: string | null;
  task_id: string | null;
  submitted_at: number | null;
  /** When the video is due, estimated from past render times. */
  expected_at: number | null;
  /** The `execution_expires_after` tag of the current submission; unique among a vendor's open jobs. */
  expires_after_seconds: number | null;
  /** Number of the latest start; starts are numbered in order. Null before the first. */
  start_number: Generated<number | null>;
  /** Earliest time of the next try; 0: at once. */
  retry_at: Generated<number>;
  created_at: number;
  updated_at: number;
  hold_credits: number;
  /** 1 once the finished video is on our disk, else 0. */
  has_video: number;
  /** Since when delivery waits for an encoding; null if it does not. */
  encoding_wanted_at: Generated<number | null>;
  /** 0 while a delivered video is not yet posted to the server's log channel; else 1. */
  log_posted: Generated<number>;
  /** 1 until the prompt is removed from the record, even if it is empty; then 0. */
  has_prompt: Generated<number>;
  /** The complete record as JSON; its schema is in `jobs/record/job.ts`. */
  record: string;
}

/**
 * The history of jobs, written in the transaction of each event. Append-only, without prompts. Only
 * `jobs/record/job-events.ts` writes it.
 */
export interface JobEventTable {
  job_id: string;
  /** Unique per job: `3` for the event that led to version 3, else `<kind>:<submission id>`. Sort by version, `at`, this. */
  event_key: string;
  /** The job's version after the event. */
  version: number;
  at: number;
  /** For a transition, the name of its event, such as `submission-started`. */
  kind: string;
  /** Null for the first event of a job, and if the state did not change. */
  from_state: string | null;
  /** Null if the state did not change. */
  to_state: string | null;
  vendor: string | null;
  submission_id: string | null;
  task_id: string | null;
  /** JSON: credits, reasons, codes; null without details. */
  detail: string | null;
}

/** Render times of the latest videos: a few rows per model and vendor. */
export interface RenderTimeTable {
  job_id: string;
  vendor: string;
  model: string;
  resolution: string;
  /** The requested length as JSON. */
  length: string;
  /** From submission to the vendor's success. */
  took_ms: number;
  ended_at: number;
}

/** A row to lock, so that two requests cannot spend the same credits. Its balance is in the ledger. */
export interface AccountTable {
  guild_id: string;
  /** Empty for the server's own account; both empty for the operator's. */
  member_id: string;
  /** The server's time zone, an IANA name; null if not chosen. Stored here because it decides when a period begins. */
  time_zone: string | null;
  /** JSON array of the member's roles at their last order, because roles are not available when a queued job starts. */
  role_ids: Generated<string>;
  /** For a member: the number of the latest start that no vendor refused; 0: none. For the operator: the highest number issued. */
  start_number: Generated<number>;
}

/** The limits that moderators set; null if not set. A row without any limit is deleted. */
export interface LimitTable {
  guild_id: string;
  scope: 'server' | 'role' | 'user';
  /** Role or member id; empty for the server. */
  subject_id: string;
  credits: number | null;
  /** Set together with `credits`. */
  per: 'day' | 'month' | null;
  at_once: number | null;
  waiting: number | null;
  max_cost: number | null;
}

/** Members blocked by a moderator. */
export interface BlockTable {
  guild_id: string;
  member_id: string;
  at: number;
  /** Null: until a moderator lifts it. */
  until: number | null;
  actor_id: string;
  reason: string | null;
}

/** The audit log: one row per change, written in the transaction of the change. */
export interface AuditLogTable {
  guild_id: string;
  /** The interaction's id, so that a change is made once. */
  step_id: string;
  at: number;
  actor_id: string;
  action: string;
  scope: 'server' | 'role' | 'user';
  /** Role or member id; empty for the server. */
  subject_id: string;
  /** JSON. */
  before: string;
  /** JSON. */
  after: string;
  note: string | null;
  /** 0 while the change is not yet posted to the server's log channel; else 1. */
  log_posted: Generated<number>;
}

/** Button presses that were used up. Only `jobs/acceptance/spending.ts` writes it. */
export interface SpendingTable {
  /** Such as `final`. */
  kind: string;
  /** What the button refers to, such as the draft's job. */
  subject: string;
  /** Unique together with `kind` and `subject`. */
  member_id: string;
  /** The job that the press created. */
  job_id: string;
  at: number;
}

/** A percentage of a server's budget that was reached, once per period. */
export interface BudgetWarningTable {
  guild_id: string;
  /** Such as `2026-11` or `2026-11-21`. */
  period: string;
  percent: number;
  at: number;
  /** Spent and held when the percentage was reached. */
  drawn: number;
  /** Total available in the period. */
  have: number;
  resets_at: number;
  /** Null until the warning is posted to the server's log channel. */
  posted_at: number | null;
}

/**
 * Append-only. Each row is a signed change of an account's remaining credits; its unique key makes a
 * repeated step a no-op. Only `quota/ledgers/ledger.ts` writes it.
 */
export interface LedgerTable {
  /**
   * The step: `hold:<job>`; `outcome:<job>` for both settle and release, so that a job has one outcome;
   * the interaction's id for a moderator's change.
   */
  step_id: string;
  guild_id: string;
  /** Empty for the server's own account. */
  member_id: string;
  pot: 'allowance' | 'extra';
  /** Empty without a job. */
  job_id: string;
  kind: 'hold' | 'settle' | 'release' | 'grant' | 'deduct' | 'reset';
  /** When the row was written. */
  at: number;
  /** When the row counts: all entries of a job count at the time of its hold. */
  counted_at: number;
  /** The account's period, such as `2026-11`, that contained `counted_at` under the limit of that time. */
  period: string;
  amount: number;
  actor_id: string | null;
  reason: string | null;
}

/** What the operator owes the vendors: one row per submission and one per correction. */
export interface VendorLedgerTable {
  submission_id: string;
  job_id: string;
  vendor: string;
  guild_id: string;
  /** UTC month, such as `2026-11`. */
  period: string;
  opened_at: number;
  closed_at: number | null;
  state: 'open' | 'billed' | 'not-billed' | 'lost' | 'correction';
  /** For a correction, the signed difference. */
  credits: number;
  /** For a correction: the corrected submission. */
  corrects: string | null;
  /** For a correction: the operator's reason. */
  note: string | null;
}

/** The sum of `vendor_ledger` per month and server, maintained by database triggers only. */
export interface VendorMonthSumTable {
  /** UTC month, such as `2026-11`. */
  period: string;
  guild_id: string;
  credits: number;
}

/** Models that a vendor reported as retired or not activated for the operator's account. */
export interface WithdrawnOfferTable {
  vendor: string;
  /** A keyed hash of the API key and base URL: a different key is a different account. */
  account: string;
  model: string;
  /** The vendor's error code, if it sent one. */
  code: string | null;
  withdrawn_at: number;
  /** From then on, one order may test whether the vendor serves the model again. */
  recheck_at: number;
}

/** Servers that have or had the bot. */
export interface GuildTable {
  guild_id: string;
  /** When the removal of the bot was noticed; null while the bot is in the server. */
  left_at: number | null;
}

/** A file in the file store. Only `media/files/` writes it. */
export interface FileTable {
  /** The name in the file store, never reused. */
  name: string;
  /** Hexadecimal. Null for a file of an earlier version or one found missing, so that it is not shared with other jobs. */
  sha256: string | null;
  bytes: number;
  /** When the complete file was in place; null before that, when it may not exist. */
  stored_at: number | null;
  /** Since when the file may be unused. */
  unused_at: number | null;
  /** Set before the file is deleted and never unset; the row is deleted afterwards. */
  deleting_at: number | null;
}

/** A job's use of a file, which it needs or may still show. */
export interface FileUseTable {
  job_id: string;
  file: string;
  guild_id: string;
  /** Size of the file. */
  bytes: number;
  /** For a job that is not recorded yet: when the reservation ends. Null once the job's record names the file. */
  reserved_until: number | null;
  /** When the job ended. */
  ended_at: number | null;
  /** 1 if the job ended with a video, else 0. */
  is_delivered: Generated<number>;
}

/** Documents looked up by one key (Keyv). Never credits. */
export interface DocumentTable {
  key: string;
  value: string;
  expires_at: number | null;
}

/** Values created once per installation, such as the salt of `safety_identifier`. */
export interface InstallationTable {
  name: string;
  value: string;
}

export interface Tables {
  claims: ClaimTable;
  jobs: JobTable;
  job_events: JobEventTable;
  render_times: RenderTimeTable;
  accounts: AccountTable;
  limits: LimitTable;
  blocks: BlockTable;
  audit_log: AuditLogTable;
  spendings: SpendingTable;
  budget_warnings: BudgetWarningTable;
  ledger: LedgerTable;
  vendor_ledger: VendorLedgerTable;
  vendor_month_sums: VendorMonthSumTable;
  withdrawn_offers: WithdrawnOfferTable;
  guilds: GuildTable;
  files: FileTable;
  file_uses: FileUseTable;
  documents: DocumentTable;
  installation: InstallationTable;
}
