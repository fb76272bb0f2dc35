/**
 * The broker process: HTTP endpoints that translate to the broker's verbs, the gateway, the configuration.
 * Never decides, decrypts or queries by itself.
 */
export {};
