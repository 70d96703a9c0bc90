/** How the vendors that speak the official dialect differ from one another. */
export interface Variant {
  /** Whether `service_tier` is known to this vendor. */
  readonly sendsServiceTier: boolean;
  readonly cameraField: 'camera_fixed' | 'camerafixed';
  /** Whether the list can be asked for certain tasks, or only for the newest. */
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

/** Source: Azerion's page on Seedance 1.0; its list documents page numbers and nothing else. */
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
