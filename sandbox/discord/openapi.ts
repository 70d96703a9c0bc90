/**
 * Checks every request body of the bot, and every response of the sandbox, against Discord’s OpenAPI
 * file. The file (discord/discord-api-spec, MIT) is not part of this project: tests that
 * have it name its path.
 */
import { readFile } from 'node:fs/promises';

import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';

import { isRecord } from './rest/refusals.ts';
import type { Route, RouteName } from './rest/router.ts';

export interface SchemaFault {
  readonly route: RouteName;
  readonly faults: readonly string[];
}

export interface OpenApi {
  requestFaults(route: Route, body: unknown): string[];
  responseFaults(route: Route, body: unknown): string[];
}

/** Discord’s formats unknown to JSON Schema; they contain nothing to check. */
const DISCORD_FORMATS = ['snowflake', 'int32', 'int64', 'nonce'];
/** More would only repeat the branches of a union. */
const MAX_FAULTS = 8;
const ROOT = 'discord';

/** The branch of the callback’s union for each response type, for readable faults. */
const CALLBACK_SCHEMAS: Readonly<Record<number, string>> = {
  4: 'CreateMessageInteractionCallbackRequest',
  5: 'CreateMessageInteractionCallbackRequest',
  6: 'UpdateMessageInteractionCallbackRequest',
  7: 'UpdateMessageInteractionCallbackRequest',
  8: 'ApplicationCommandAutocompleteCallbackRequest',
  9: 'ModalInteractionCallbackRequest',
};

export async function loadOpenApi(file: string): Promise<OpenApi> {
  const document: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!isRecord(document)) throw new Error(`${file} is not an OpenAPI document`);
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
  addFormats.default(ajv);
  for (const format of DISCORD_FORMATS) ajv.addFormat(format, true);
  ajv.addSchema({ ...document, $id: ROOT });

  function faults(pointer: string, body: unknown): string[] {
    const validate = ajv.getSchema(`${ROOT}#${pointer}`);
    if (validate === undefined) throw new Error(`${file} has no schema at ${pointer}`);
    if (validate(body) === true) return [];
    return (validate.errors ?? [])
      .toSorted((a, b) => depth(b.instancePath) - depth(a.instancePath))
      .slice(0, MAX_FAULTS)
      .map(({ instancePath, message }) => `${instancePath || 'body'} ${message ?? ''}`);
  }

  return {
    requestFaults(route, body) {
      if (body === undefined || route.openApiPath === undefined) return [];
      const at = operationPointer(document, { route, member: 'requestBody' });
      if (at === undefined) return [];
      return faults(requestPointer(at, route, body), withNumericPermissions(body));
    },
    responseFaults(route, body) {
      const at = operationPointer(document, { route, member: 'responses' });
      if (at === undefined) return [];
      const pointer = `${at}/responses/200/content/application~1json/schema`;
      return faults(pointer, withPlainReferences(body));
    },
  };
}

/** The deepest faults are the most specific: those above are only the unions that failed. */
function depth(path: string): number {
  return path.split('/').length;
}

/** The position of the route’s operation; undefined when the file does not describe it, or not that part. */
function operationPointer(
  document: Record<string, unknown>,
  { route, member }: { route: Route; member: 'requestBody' | 'responses' },
): string | undefined {
  const path = route.openApiPath;
  if (path === undefined) return undefined;
  const method = route.method.toLowerCase();
  const paths = document['paths'];
  const operations = isRecord(paths) ? paths[path] : undefined;
  const operation = isRecord(operations) ? operations[method] : undefined;
  if (!isRecord(operation)) throw new Error(`Discord's OpenAPI file has no ${method} ${path}`);
  if (operation[member] === undefined) return undefined;
  return `/paths/${encodeURIComponent(path.replaceAll('/', '~1'))}/${method}`;
}

function requestPointer(operation: string, route: Route, body: unknown): string {
  const type = isRecord(body) ? body['type'] : undefined;
  const isCallback = route.template.endsWith('/callback');
  const branch = isCallback && typeof type === 'number' ? CALLBACK_SCHEMAS[type] : undefined;
  return branch === undefined
    ? `${operation}/requestBody/content/application~1json/schema`
    : `/components/schemas/${branch}`;
}

/**
 * `default_member_permissions` has the type integer in the file although Discord and every library use
 * a string of digits; the file’s own README mentions such types.
 */
function withNumericPermissions(body: unknown): unknown {
  if (!Array.isArray(body)) return body;
  return body.map((command: unknown) => {
    if (!isRecord(command)) return command;
    const permissions = command['default_member_permissions'];
    return typeof permissions === 'string'
      ? { ...command, default_member_permissions: Number(permissions) }
      : command;
  });
}

/**
 * The file does not describe forwards: it allows only 0 as `message_reference.type`, unlike Discord
 * developer docs, "Message Reference Types".
 */
function withPlainReferences(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withPlainReferences);
  if (!isRecord(body) || !isRecord(body['message_reference'])) return body;
  return { ...body, message_reference: { ...body['message_reference'], type: 0 } };
}
