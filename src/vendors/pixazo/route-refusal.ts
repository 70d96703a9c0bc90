/**
 * Maps the refusal of a model's route. Pure. Source: Pixazo's response table, 403: "The subscription does
 * not have access to this API or action", 404: "The requested resource or endpoint could not be found".
 */
import { VendorError } from '../../errors.ts';

const REFUSED_ROUTE: ReadonlySet<number | undefined> = new Set([403, 404]);

/**
 * Returns the error of a create at a route that names the model. If Pixazo itself refuses the route, only
 * this model is unavailable to this key; other models may be available.
 */
export function asModelUnavailable(error: unknown): unknown {
  const isRefused =
    error instanceof VendorError &&
    error.operation === 'create' &&
    error.isDefinite &&
    (error.kind === 'auth' || error.kind === 'not-found') &&
    REFUSED_ROUTE.has(error.status);
  if (!isRefused) return error;
  const { vendor, operation, code, status, isDefinite } = error;
  return new VendorError({
    vendor,
    operation,
    kind: 'model-unavailable',
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    isDefinite,
    cause: error,
  });
}
