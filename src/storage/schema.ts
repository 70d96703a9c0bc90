/** The tables, as the query builder sees them. Times are Unix milliseconds, money is whole credits. */

export interface JobTable {
  id: string;
  version: number;
  /** The version whose picture Discord shows. A job is redrawn while this is behind `version`. */
  shown_version: number;
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
  created_at: number;
  updated_at: number;
  hold_credits: number;
  /** 1 once the finished video is on our disk, else 0. */
  has_video: number;
  /** The whole record as JSON; `jobs/job.ts` has its schema. */
  record: string;
}

/** A row to lock, so that two requests cannot spend the same credits. What it has is in the ledger. */
export interface AccountTable {
  guild_id: string;
  /** Empty for the server's own account; both empty for the operator's. */
  member_id: string;
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
  kind: 'hold' | 'settle' | 'release' | 'grant' | 'take' | 'reset';
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

/** What the operator owes the vendors: a row per submission. */
export interface VendorBookTable {
  submission_id: string;
  job_id: string;
  vendor: string;
  guild_id: string;
  /** UTC month, such as `2026-11`. */
  period: string;
  opened_at: number;
  closed_at: number | null;
  state: 'open' | 'billed' | 'not-billed' | 'lost';
  credits: number;
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
  jobs: JobTable;
  accounts: AccountTable;
  ledger: LedgerTable;
  vendor_book: VendorBookTable;
  documents: DocumentTable;
  installation: InstallationTable;
}
