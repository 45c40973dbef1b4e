/*
 * A bank of lockers behind libmodbus: the device of the conformance suite that shares no line with the simulator.
 *
 *     libmodbus-bank --method timed-coil --doors 10 --sensors 9 --tcp 0
 *     libmodbus-bank --method held-coil --doors 10 --sensors 9 --rtu /dev/pts/4 --baud 19200
 *
 * It answers only the functions that its method needs, refuses whatever lies outside its map, and tells on stdout, a
 * line each, what its locks and doors did (see device.ts for the words). Lines on stdin are the hands at the locker:
 * `open 3` (by force), `close 3`, `hold 3` (nothing opens it but a hand), `free 3`. It ends with its stdin.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    DOORS_MAX = 64,
    CLIENTS_MAX = 16,
    /* From energising to the door's opening; cabinet locks take 20 to 50 ms. */
    LATENCY_MS = 30,
    /* Waveshare boards: FC05 to this address + relay closes the relay for value x 100 ms. */
    TIMED_COIL = 0x0200,
    TIMED_COIL_UNIT_MS = 100,
    /* Boards of the R4D family: FC06 with this + seconds to the relay's register; the first is register 1. */
    TIMED_REGISTER = 0x0600,
    FIRST_REGISTER = 1,
    /* What a device whose program times the pulse was made for. */
    TRIGGERED_MS = 200,
    COIL_ON = 0xff00,
    COMMAND_MAX = 64,
};

enum method { TIMED_BY_COIL, HELD_COIL, TRIGGER_COIL, TIMED_BY_REGISTER, METHODS };
static const char *const METHOD_NAMES[METHODS] = {"timed-coil", "held-coil", "trigger-coil", "timed-register"};

struct door {
    bool sensed, open, held, energised;
    /* Monotonic ms; 0 is never. */
    long long energised_at, opens_at, off_at;
};

static struct {
    enum method method;
    int doors, sensors, reads_at_most, connections;
    struct door door[DOORS_MAX];
    modbus_mapping_t *map;
    modbus_t *modbus;
    bool serial;
} bank = {.doors = 1, .sensors = 1, .reads_at_most = MODBUS_MAX_READ_BITS, .connections = CLIENTS_MAX};

static void fail(const char *what)
{
    fprintf(stderr, "libmodbus-bank: %s: %s\n", what, errno ? modbus_strerror(errno) : "wrong");
    exit(1);
}

static void tell(const char *format, ...)
{
    va_list words;
    va_start(words, format);
    vprintf(format, words);
    va_end(words);
    putchar('\n');
    fflush(stdout);
}

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Writes into the map what can be read of a door: its sensor and its output. */
static void show(int index)
{
    struct door *door = &bank.door[index];
    bank.map->tab_input_bits[index] = door->sensed && !door->open;
    if (bank.method == TIMED_BY_REGISTER) bank.map->tab_registers[index] = door->energised;
    else bank.map->tab_bits[index] = door->energised;
}

static void swing_open(int index, const char *by)
{
    struct door *door = &bank.door[index];
    door->opens_at = 0;
    if (door->open) return;
    door->open = true;
    show(index);
    tell("opened %d %s", index + 1, by);
}

static void release(int index)
{
    struct door *door = &bank.door[index];
    if (!door->energised) return;
    door->energised = false;
    door->opens_at = door->off_at = 0;
    show(index);
    tell("off %d %lld", index + 1, now_ms() - door->energised_at);
}

/* Current on, for so long, or (0) until somebody ends it. */
static void energise(int index, long long for_ms)
{
    struct door *door = &bank.door[index];
    tell("asked %d %lld", index + 1, for_ms);
    door->off_at = for_ms > 0 ? now_ms() + for_ms : 0;
    if (door->energised) return;
    door->energised = true;
    door->energised_at = now_ms();
    if (!door->open) door->opens_at = door->energised_at + LATENCY_MS;
    show(index);
    tell("on %d", index + 1);
}

static void run_timers(void)
{
    long long now = now_ms();
    for (int index = 0; index < bank.doors; index++) {
        struct door *door = &bank.door[index];
        if (door->opens_at && door->opens_at <= now && !door->held) swing_open(index, "lock");
        if (door->off_at && door->off_at <= now) release(index);
    }
}

/* How long nothing is due, for poll(2): -1 is for ever. */
static int idle_ms(void)
{
    long long next = -1, now = now_ms();
    for (int index = 0; index < bank.doors; index++) {
        struct door *door = &bank.door[index];
        const long long due[] = {door->held ? 0 : door->opens_at, door->off_at};
        for (int which = 0; which < 2; which++)
            if (due[which] && (next < 0 || due[which] < next)) next = due[which];
    }
    if (next < 0) return -1;
    return next > now ? (int)(next - now) : 0;
}

static void close_door(int index)
{
    struct door *door = &bank.door[index];
    if (door->open && door->energised && !door->held) {
        tell("ajar %d", index + 1);
        return;
    }
    if (!door->open) return;
    door->open = false;
    show(index);
    tell("closed %d", index + 1);
}

static void obey(const char *line)
{
    char word[COMMAND_MAX];
    int number;
    if (sscanf(line, "%63s %d", word, &number) != 2 || number < 1 || number > bank.doors) fail(line);
    struct door *door = &bank.door[number - 1];
    if (strcmp(word, "open") == 0) swing_open(number - 1, "hand");
    else if (strcmp(word, "close") == 0) close_door(number - 1);
    else if (strcmp(word, "hold") == 0) door->held = true;
    else if (strcmp(word, "free") == 0) door->held = false;
    else fail(line);
}

/* Reads what hands did. False when nobody is there any more. */
static bool hear_hands(void)
{
    static char line[COMMAND_MAX];
    static size_t length;
    char byte[COMMAND_MAX];
    ssize_t got = read(STDIN_FILENO, byte, sizeof byte);
    if (got <= 0) return false;
    for (ssize_t at = 0; at < got; at++) {
        if (byte[at] != '\n') {
            if (length + 1 >= sizeof line) fail("a line on stdin is too long");
            line[length++] = byte[at];
            continue;
        }
        line[length] = '\0';
        length = 0;
        obey(line);
    }
    return true;
}

static bool answers(int function)
{
    if (function == MODBUS_FC_READ_DISCRETE_INPUTS) return true;
    if (bank.method == TIMED_BY_REGISTER)
        return function == MODBUS_FC_READ_HOLDING_REGISTERS || function == MODBUS_FC_WRITE_SINGLE_REGISTER;
    return function == MODBUS_FC_READ_COILS || function == MODBUS_FC_WRITE_SINGLE_COIL;
}

static bool reads(int function)
{
    return function == MODBUS_FC_READ_COILS || function == MODBUS_FC_READ_DISCRETE_INPUTS ||
           function == MODBUS_FC_READ_HOLDING_REGISTERS;
}

/* Does what a write asks for that libmodbus has taken and answered. */
static void act(int function, int address, int value)
{
    if (function == MODBUS_FC_WRITE_SINGLE_REGISTER) {
        int seconds = value - TIMED_REGISTER;
        show(address - FIRST_REGISTER);
        if (seconds > 0 && seconds <= 0xff) energise(address - FIRST_REGISTER, seconds * 1000LL);
    } else if (function == MODBUS_FC_WRITE_SINGLE_COIL) {
        if (value == COIL_ON) energise(address, bank.method == TRIGGER_COIL ? TRIGGERED_MS : 0);
        else if (bank.method == TRIGGER_COIL) show(address);
        else release(address);
    }
}

/* Answers one request. False when the connection has gone. */
static bool answer(const uint8_t *query, int length)
{
    int at = modbus_get_header_length(bank.modbus);
    int function = query[at];
    int address = query[at + 1] << 8 | query[at + 2], value = query[at + 3] << 8 | query[at + 4];
    int relay = address - TIMED_COIL;
    bool timed = bank.method == TIMED_BY_COIL && function == MODBUS_FC_WRITE_SINGLE_COIL;
    int sent;

    if (!answers(function)) {
        sent = modbus_reply_exception(bank.modbus, query, MODBUS_EXCEPTION_ILLEGAL_FUNCTION);
    } else if (reads(function) && value > bank.reads_at_most) {
        sent = modbus_reply_exception(bank.modbus, query, MODBUS_EXCEPTION_ILLEGAL_DATA_VALUE);
    } else if (timed && relay >= 0 && relay < bank.doors) {
        /* libmodbus takes no other word than on and off for a coil; the answer is the request once more. */
        energise(relay, (long long)value * TIMED_COIL_UNIT_MS);
        return write(modbus_get_socket(bank.modbus), query, length) == length;
    } else {
        sent = modbus_reply(bank.modbus, query, length, bank.map);
    }
    if (sent < 0) return false;
    /* An exception is the shortest answer there is: its function and its code. */
    if (sent == at + 2 + (bank.serial ? 2 : 0)) tell("refused %d %d", function, address);
    else act(function, address, value);
    return true;
}

/* Takes one request from a connection that has something. False when the connection has gone. */
static bool serve(int fd)
{
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    if (!bank.serial) modbus_set_socket(bank.modbus, fd);
    int length = modbus_receive(bank.modbus, query);
    if (length >= 0) return length == 0 || answer(query, length);
    if (!bank.serial || errno == EIO || errno == EBADF || errno == ECONNRESET) return false;
    /* Noise, or half a frame, is no request, and the line stays. */
    modbus_flush(bank.modbus);
    return true;
}

static void numbers(char *list, void (*each)(int index))
{
    for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
        int number = atoi(word);
        if (number < 1 || number > DOORS_MAX) fail("no such door");
        each(number - 1);
    }
}

static void stands_open(int index) { bank.door[index].open = true; }

static void is_on(int index)
{
    bank.door[index].energised = true;
    bank.door[index].energised_at = now_ms();
    if (!bank.door[index].open) bank.door[index].opens_at = bank.door[index].energised_at + LATENCY_MS;
}

static enum method method_named(const char *name)
{
    for (int method = 0; method < METHODS; method++)
        if (strcmp(name, METHOD_NAMES[method]) == 0) return method;
    fail("no such method");
    return METHODS;
}

struct wire {
    const char *device;
    int port, baud, unit;
};

static struct wire read_options(int count, char *words[])
{
    struct wire wire = {.port = -1, .baud = 19200, .unit = 1};
    static const struct option known[] = {
        {"method", required_argument, NULL, 'm'},  {"doors", required_argument, NULL, 'd'},
        {"sensors", required_argument, NULL, 's'}, {"reads-at-most", required_argument, NULL, 'r'},
        {"connections", required_argument, NULL, 'c'}, {"open", required_argument, NULL, 'o'},
        {"on", required_argument, NULL, 'n'},      {"tcp", required_argument, NULL, 't'},
        {"rtu", required_argument, NULL, 'u'},     {"baud", required_argument, NULL, 'b'},
        {"unit", required_argument, NULL, 'i'},    {NULL, 0, NULL, 0}};
    for (int key; (key = getopt_long(count, words, "", known, NULL)) != -1;) {
        switch (key) {
        case 'm': bank.method = method_named(optarg); break;
        case 'd': bank.doors = atoi(optarg); break;
        case 's': bank.sensors = atoi(optarg); break;
        case 'r': bank.reads_at_most = atoi(optarg); break;
        case 'c': bank.connections = atoi(optarg); break;
        case 'o': numbers(optarg, stands_open); break;
        case 'n': numbers(optarg, is_on); break;
        case 't': wire.port = atoi(optarg); break;
        case 'u': wire.device = optarg; break;
        case 'b': wire.baud = atoi(optarg); break;
        case 'i': wire.unit = atoi(optarg); break;
        default: exit(2);
        }
    }
    if (bank.doors < 1 || bank.doors > DOORS_MAX || bank.sensors > bank.doors) fail("--doors or --sensors");
    if (bank.connections < 1 || bank.connections > CLIENTS_MAX) fail("--connections");
    if ((wire.port >= 0) == (wire.device != NULL)) fail("say either --tcp or --rtu");
    return wire;
}

static void build_map(void)
{
    bool registers = bank.method == TIMED_BY_REGISTER;
    bank.map = modbus_mapping_new_start_address(0, registers ? 0 : bank.doors, 0, bank.doors, FIRST_REGISTER,
                                                registers ? bank.doors : 0, 0, 0);
    if (!bank.map) fail("the map");
    for (int index = 0; index < bank.doors; index++) {
        bank.door[index].sensed = index < bank.sensors;
        show(index);
    }
}

static int listen_on(int port)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    bank.modbus = modbus_new_tcp("127.0.0.1", port);
    if (!bank.modbus) fail("libmodbus");
    int listener = modbus_tcp_listen(bank.modbus, CLIENTS_MAX);
    if (listener < 0 || getsockname(listener, (struct sockaddr *)&address, &size) < 0) fail("listen");
    tell("ready %d", ntohs(address.sin_port));
    return listener;
}

static int open_serial(const struct wire *wire)
{
    bank.serial = true;
    bank.modbus = modbus_new_rtu(wire->device, wire->baud, 'N', 8, 1);
    if (!bank.modbus || modbus_set_slave(bank.modbus, wire->unit) < 0 || modbus_connect(bank.modbus) < 0)
        fail(wire->device);
    /* A device whose power has just come on has heard nothing yet. */
    modbus_flush(bank.modbus);
    tell("ready 0");
    return modbus_get_socket(bank.modbus);
}

int main(int count, char *words[])
{
    signal(SIGPIPE, SIG_IGN);
    /* Also while it is stopped: it must not outlive the test. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct wire wire = read_options(count, words);
    build_map();
    int listener = wire.device ? -1 : listen_on(wire.port);
    int client[CLIENTS_MAX], clients = 0;
    if (wire.device) client[clients++] = open_serial(&wire);

    for (;;) {
        struct pollfd fds[CLIENTS_MAX + 2] = {{.fd = STDIN_FILENO, .events = POLLIN}};
        /* A device that takes no more connections leaves them to its system, which accepts and says nothing. */
        fds[1] = (struct pollfd){.fd = clients < bank.connections ? listener : -1, .events = POLLIN};
        for (int at = 0; at < clients; at++) fds[at + 2] = (struct pollfd){.fd = client[at], .events = POLLIN};
        if (poll(fds, clients + 2, idle_ms()) < 0 && errno != EINTR) fail("poll");
        run_timers();
        if (fds[0].revents && !hear_hands()) return 0;
        for (int at = clients - 1; at >= 0; at--) {
            if (!fds[at + 2].revents || serve(client[at])) continue;
            if (bank.serial) fail("the serial line has gone");
            close(client[at]);
            client[at] = client[--clients];
        }
        if (fds[1].revents & POLLIN) {
            int fd = accept(listener, NULL, NULL);
            if (fd >= 0) client[clients++] = fd;
        }
    }
}
