/** The tables, as the query builder sees them. Times are Unix milliseconds, money is whole credits. */
import type { Generated } from 'kysely';

/** An interaction that a process has taken on: one of them at most, however often Discord sends it. */
export interface ClaimTable {
  interaction_id: string;
  /** Whose it is; `storage/leases` tells whether that process still lives. */
  process_id: string;
  claimed_at: number;
  /** The interaction's token, a secret; null once it has died. */
  token: string | null;
  /** The language that its asker is answered in. Null in claims older than the column. */
  locale: string | null;
  /** When all that follows from it was done or refused. Null with a dead process: its asker waits for an answer. */
  finished_at: number | null;
}

export interface JobTable {
  id: string;
  version: number;
  /** The version whose picture Discord shows. A job is redrawn while this is behind `version`. */
  shown_version: number;
  /** The place in line that Discord shows; null where it shows none. */
  shown_place: Generated<number | null>;
  /** When the message of an ended job is looked at once more; null before its end, and once that was done. */
  verify_at: Generated<number | null>;
  state: string;
  guild_id: string;
  channel_id: string;
  member_id: string;
  /** Unique: one interaction makes one job at most. */
  interaction_id: string;
  model: string;
  vendor: string | null;
  task_id: string | null;
  submitted_at: number | null;
  /** When the video is due by this bot's own history. */
  expected_at: number | null;
  /** The `execution_expires_after` tag of the running submission; unique among a vendor's open jobs. */
  expires_after_seconds: number | null;
  /** Number of the latest start; starts are numbered in their order. Null while there was none. */
  start_number: Generated<number | null>;
  /** No next try before it; 0 where there is nothing to wait for. */
  retry_at: Generated<number>;
  created_at: number;
  updated_at: number;
  hold_credits: number;
  /** 1 once the finished video is on our disk, else 0. */
  has_video: number;
  /** Since when its delivery waits for ffmpeg; null while it does not. */
  encoding_wanted_at: Generated<number | null>;
  /** 0 from when the video is delivered until the server's log channel was told, or there was none to tell; else 1. */
  log_posted: Generated<number>;
  /** 1 until the prompt was removed from the record, whether there is one or not; else 0. */
  has_prompt: Generated<number>;
  /** The whole record as JSON; `jobs/record/job.ts` has its schema. */
  record: string;
}

/**
 * What happened to a job, in the transaction in which it happened. Append-only, without prompts, and
 * `jobs/record/job-events.ts` is the only code that writes it.
 */
export interface JobEventTable {
  job_id: string;
  /** Unique in its job: `3` for what made its version 3, else `<kind>:<submission id>`. In order: by version, `at`, this. */
  event_key: string;
  /** The job's version after it. */
  version: number;
  at: number;
  /** Of a transition the name of its event, such as `submission-started`. */
  kind: string;
  /** Null for the first event of a job, and where the state did not change. */
  from_state: string | null;
  /** Null where the state did not change. */
  to_state: string | null;
  vendor: string | null;
  submission_id: string | null;
  task_id: string | null;
  /** JSON: credits, reasons, codes; null where there is nothing more to tell. */
  detail: string | null;
}

/** How long the latest videos took: a few rows for each model at each vendor. */
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

/** A row to lock, so that two requests cannot spend the same credits. What it has is in the ledger. */
export interface AccountTable {
  guild_id: string;
  /** Empty for the server's own account; both empty for the operator's. */
  member_id: string;
  /** The server's, an IANA name; null where none was chosen. A column here, because it decides when a period begins. */
  time_zone: string | null;
  /** JSON array of the roles the member had when they last ordered: whoever waits in line is not there to be asked. */
  role_ids: Generated<string>;
  /** Of a member: the number of the latest start that no vendor refused; 0 for none. Of the operator: the highest given out. */
  start_number: Generated<number>;
}

/** What moderators set. Null where nothing was; a row with nothing in it is removed. */
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

/** Members whom a moderator has shut out. */
export interface BlockTable {
  guild_id: string;
  member_id: string;
  at: number;
  /** Null: until somebody lifts it. */
  until: number | null;
  actor_id: string;
  reason: string | null;
}

/** Who changed what, a row per change, written in the transaction of the change. */
export interface AuditLogTable {
  guild_id: string;
  /** The interaction's id: a change is made once for it. */
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
  /** 1 once it was told to the server's log channel, or there was none to tell; else 0. */
  log_posted: Generated<number>;
}

/** What a member spent by pressing a button: `jobs/acceptance/spending.ts` is the only code that writes it. */
export interface SpendingTable {
  /** Such as `final`. */
  kind: string;
  /** What the button was about, such as the draft's job. */
  subject: string;
  /** Unique together with `kind` and `subject`. */
  member_id: string;
  /** The job that the press made. */
  job_id: string;
  at: number;
}

/** A share of a server's budget that was reached, once per period. */
export interface BudgetWarningTable {
  guild_id: string;
  /** Such as `2026-11` or `2026-11-21`. */
  period: string;
  percent: number;
  at: number;
  /** Spent and held when it was reached. */
  drawn: number;
  /** What there was to spend in the period. */
  have: number;
  resets_at: number;
  /** Null until it was told to the server's log channel. */
  posted_at: number | null;
}

/**
 * Append-only. Each row is a signed change of what an account has left; its key makes a repeated
 * step change nothing. `quota/ledger.ts` is the only code that writes it.
 */
export interface LedgerTable {
  /**
   * What was done: `hold:<job>`; `outcome:<job>`, whether settled or released, so that a job has one
   * outcome only; the interaction's id for what a moderator did.
   */
  step_id: string;
  guild_id: string;
  /** Empty for the server's own account. */
  member_id: string;
  pot: 'allowance' | 'extra';
  /** Empty where no job is concerned. */
  job_id: string;
  kind: 'hold' | 'settle' | 'release' | 'grant' | 'deduct' | 'reset';
  /** When it was written. */
  at: number;
  /** When it counts: a job's entries all count when its hold was made, whenever they are written. */
  counted_at: number;
  /** The account's period, such as `2026-11`, that held `counted_at` by the limit of that time. */
  period: string;
  amount: number;
  actor_id: string | null;
  reason: string | null;
}

/** What the operator owes the vendors: a row per submission, and one per correction of it. */
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
  /** Of a correction the signed difference. */
  credits: number;
  /** Of a correction: the submission that it corrects. */
  corrects: string | null;
  /** Of a correction: why, in the operator's words. */
  note: string | null;
}

/** The sum of `vendor_book` for each month and server. The database keeps it by triggers: nobody else writes it. */
export interface VendorMonthSumTable {
  /** UTC month, such as `2026-11`. */
  period: string;
  guild_id: string;
  credits: number;
}

/** Models that a vendor said are retired, or not activated for the operator's account. */
export interface WithdrawnOfferTable {
  vendor: string;
  /** A keyed hash of the API key and base URL: another key is another account. */
  account: string;
  model: string;
  /** The vendor's error code, where it sent one. */
  code: string | null;
  withdrawn_at: number;
  /** From then on one order may find out whether the vendor serves the model again. */
  recheck_at: number;
}

/** Servers that have or had the bot: few, however many videos there are. */
export interface GuildTable {
  guild_id: string;
  /** When it was seen that the bot was removed; null while it is there. */
  left_at: number | null;
}

/** A file in the file store: `media/files/` is the only code that writes it. */
export interface FileTable {
  /** In the file store; never given to another file. */
  name: string;
  /** In hexadecimal. Null for a file of an earlier version, and for one that was found missing: nobody else gets it. */
  sha256: string | null;
  bytes: number;
  /** When it was whole and in its place. Null before: a file that may not be there. */
  stored_at: number | null;
  /** Since when it may have no use any more. */
  unused_at: number | null;
  /** Set before the file is deleted, and never taken back: the row follows it. */
  deleting_at: number | null;
}

/** That a job needs a file, or may still be shown with it. */
export interface FileUseTable {
  job_id: string;
  file: string;
  guild_id: string;
  /** Of the file. */
  bytes: number;
  /** For a job that is not recorded yet: until when it is waited for. Null once the job's record names the file. */
  reserved_until: number | null;
  /** When the job ended. */
  ended_at: number | null;
  /** 1 where the job ended with a video, else 0. */
  is_delivered: Generated<number>;
}

/** Documents looked up by one key (Keyv). Never money. */
export interface DocumentTable {
  key: string;
  value: string;
  expires_at: number | null;
}

/** Values made once for this installation, such as the salt of `safety_identifier`. */
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
  vendor_book: VendorLedgerTable;
  vendor_month_sums: VendorMonthSumTable;
  withdrawn_offers: WithdrawnOfferTable;
  guilds: GuildTable;
  files: FileTable;
  file_uses: FileUseTable;
  documents: DocumentTable;
  installation: InstallationTable;
}
