/** The makers of `Canonical`, `Classified` and `Resolved`. Each importable by its one file in packages/gateway/src. */
export {};
