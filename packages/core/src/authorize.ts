/** The maker of `Authorized`. Importable by packages/broker/src/authorize.ts alone. */
export {};
