/** A separate process that holds a lease until it is killed: `node hold-lease.ts <url> <name>`. */
import assert from 'node:assert/strict';

import { openPostgresLeases } from '#src/storage/leases/postgres-leases.ts';

const [url, name] = process.argv.slice(2);
assert.ok(url !== undefined && name !== undefined, 'usage: hold-lease.ts <url> <name>');
const lease = await (await openPostgresLeases(url)).take(name);
// The connection keeps the process alive.
process.stdout.write(lease === undefined ? 'taken' : 'held');
