import { capital, type LetterWords } from '../letter-words.ts';

const words: LetterWords = {
  language: 'es',
  direction: 'ltr',
  bands: {
    floor: 'a ras de suelo',
    knee: 'a la altura de la rodilla',
    hip: 'a la altura de la cadera',
    chest: 'a la altura del pecho',
    head: 'a la altura de la cabeza',
    overhead: 'por encima de la cabeza',
  },
  subject: {
    'parcels-arrived': (count, building) => `${capital(paquetes(count))} para usted en ${building}`,
    reminder: (count, building) => `${capital(paquetes(count))} sin recoger en ${building}`,
    'parcel-withdrawn': (_, building) => `Un paquete en ${building} fue retirado`,
    'code-changed': (_, building) => `Su código en ${building} ha cambiado`,
    'delegate-named': (_, building) => `Otra persona ya puede recoger sus paquetes en ${building}`,
  },
  opening: {
    'parcels-arrived': (count) =>
      `${count === 1 ? 'Ha llegado' : 'Han llegado'} ${paquetes(count)} para usted:`,
    reminder: (count) => `Todavía ${count === 1 ? 'le espera' : 'le esperan'} ${paquetes(count)}:`,
    'parcel-withdrawn': () =>
      'El repartidor o el personal ha vuelto a sacar un paquete del que le habíamos avisado:',
    'code-changed': () =>
      'Su código anterior ya no funciona: para proteger sus paquetes tiene uno nuevo. Le espera:',
    'delegate-named': () =>
      'Con su código, desde un móvil, se ha autorizado a otra persona a recoger sus paquetes. Si ha sido usted, no tiene que hacer nada. Si no, avise al personal: lo anulará y le dará otro código.',
  },
  desk: 'En recepción: el personal lo entrega',
  greeting: (name) => `Hola, ${name}:`,
  zone: (bank, number, zone) => `${bank}, zona ${zone}, por la puerta ${number}`,
  place: (bank, number, column, band) =>
    `${bank}, puerta ${number} (columna ${column} desde la izquierda, ${band})`,
  code: (code) => `Su código: ${code}`,
  byPhone: (link) => `O abra las puertas con el móvil, ante las taquillas y en la red del edificio: ${link}`,
  howTo: 'Escríbalo en la pantalla de las taquillas o muestre el código QR al lector, a cualquier hora.',
  closing: (building, unit) => `${building}, ${unit}`,
  delegate: {
    subject: (unit, building) => `Puede recoger paquetes de ${unit} en ${building}`,
    opening: (name, unit, building) => `${name} (${unit}) le deja recoger sus paquetes en ${building}.`,
    window: (from, until) => `Desde ${from} hasta ${until}.`,
  },
  notice: {
    subject: {
      'access-reset': (building) => `Se restableció una contraseña en el hub de ${building}`,
      'backup-failing': (building) => `No se puede hacer copia de seguridad de ${building}`,
      'update-put-back': (building) => `Una actualización del hub de ${building} no se mantuvo`,
    },
    what: {
      'access-reset': (account) =>
        `Alguien en la propia consola del hub creó otro acceso para ${account}. Terminaron la contraseña anterior y todas las sesiones de esa cuenta.`,
      'backup-failing': () =>
        'Falló una copia de seguridad del hub de las taquillas. Se intenta de nuevo cada hora; las puertas y las recogidas siguen. Se le avisa una vez, no cada vez.',
      'update-put-back': () =>
        'Una actualización del hub de las taquillas no se mantuvo: funciona como antes.',
    },
    why: (why) => `Por qué: ${why}`,
    when: (at) => `Cuándo: ${at}`,
    todo: {
      'access-reset':
        'Pregunte quién lo hizo. Si no fue nadie: quite el acceso a esa cuenta en la página «Personal», vea quién llega a la máquina del hub y cambie sus contraseñas.',
      'backup-failing': 'Qué hacer está en la página «Copias».',
      'update-put-back': 'La versión puede probarse de nuevo en la página «Actualizaciones».',
    },
    page: (link) => `En la red del edificio: ${link}`,
  },
  test: (building) => `Prueba de las taquillas de ${building}: los mensajes llegan aquí.`,
};

export default words;

function paquetes(count: number): string {
  return count === 1 ? 'un paquete' : `${count} paquetes`;
}
