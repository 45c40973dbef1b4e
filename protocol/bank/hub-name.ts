/**
 * The name in the certificate of every hub's MQTT listener. An agent asks for this name whatever address it dialled:
 * the building's own CA vouches for "the hub of this building", and addresses change. (`.internal` is reserved by
 * ICANN for private use: no public CA issues it.)
 */
export const HUB_NAME = 'hub.lockerhub.internal';
