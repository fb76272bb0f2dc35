/** The version of Writ: of the broker, the command line and the action alike. */
export const VERSION = '0.1.0';
