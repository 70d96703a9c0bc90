/** How the vendors of the official dialect differ. */
export interface Variant {
  /** Whether the vendor accepts `service_tier`. */
  readonly sendsServiceTier: boolean;
  readonly cameraField: 'camera_fixed' | 'camerafixed';
  /** Whether the list can be filtered by task id; otherwise it returns the newest tasks only. */
  readonly canFilterList: boolean;
  readonly cancelsBy: 'DELETE' | 'POST';
}

/** Source: BytePlus ModelArk API reference, video generation. */
export const OFFICIAL: Variant = {
  sendsServiceTier: true,
  cameraField: 'camera_fixed',
  canFilterList: true,
  cancelsBy: 'DELETE',
};

/** Source: Azerion's page on Seedance 1.0; its list documents page numbers only. */
export const AZERION: Variant = {
  sendsServiceTier: false,
  cameraField: 'camerafixed',
  canFilterList: false,
  cancelsBy: 'POST',
};

/** Source: PowerTokens' create page: offline inference is not integrated. */
export const POWERTOKENS: Variant = {
  ...OFFICIAL,
  sendsServiceTier: false,
};
