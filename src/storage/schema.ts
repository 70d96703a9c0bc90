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
  /** The `execution_expires_after` tag of the running submission; unique among a vendor's open jobs. */
  expires_after_seconds: number | null;
  /** When this job's next step is due; null when only an event from outside moves it. */
  due_at: number | null;
  created_at: number;
  updated_at: number;
  hold_credits: number;
  /** The whole record as JSON; `jobs/job.ts` has its schema. */
  record: string;
}

export interface AccountTable {
  guild_id: string;
  /** Empty for the server's own account; both empty for the operator's. */
  member_id: string;
  /** Unspent grants: grants − takes − what holds drew. Does not expire. */
  extra_credits: number;
}

/** Append-only. Each row is a signed change of what an account has left. */
export interface LedgerTable {
  id: string;
  at: number;
  kind: 'hold' | 'settle' | 'release' | 'grant' | 'take' | 'reset';
  guild_id: string;
  member_id: string;
  job_id: string | null;
  /** The account's period the entry belongs to, such as `2026-11`. */
  period: string;
  pot: 'allowance' | 'extra';
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
