/* The booking protocol of chalicelib/booking, for Spin: three people, two schedules, two places.
 *
 * A storage call is one atomic step; what is decided between two calls is part of the step before. docs/protocol.md says
 * which function each step stands for, and what is left out.
 *
 * Set by the command line of spin: FAULTS (how many attempts get no answer), CRASHES (how many requests are killed),
 * COPY (one request is sent again while the first copy of it runs), SECOND (so many people go on after their first
 * booking; 3 if not set), TWO (the third person does nothing), LIMIT (a person may hold one place in the department),
 * DESK (a desk closes schedule 0, and moves or cancels everybody). Seeded faults, which Spin must find: NO_VERSION,
 * NO_TOKEN, COUNT_ONLY.
 */

#define PEOPLE 3
#define SCHEDULES 2
#define ALL_PLACES 3 /* bits 0 and 1 */
#define NO_PLACE 2

#ifndef FAULTS
#define FAULTS 0
#endif
#ifndef CRASHES
#define CRASHES 0
#endif

#ifndef SECOND
#define SECOND PEOPLE
#endif

/* States of an appointment. */
#define NONE 0
#define BOOKED 1
#define CANCELLED 2
#define POSTPONED 3

/* Requests. */
#define BOOK 0
#define CANCEL 1
#define MOVE 2

/* Answers. */
#define DONE 0
#define REFUSED 1
#define LOST 2

typedef Schedule { byte free; byte available_count; bit open };
typedef Appointment { byte state; byte place; byte version };

Schedule schedules[SCHEDULES];
Appointment appointments[PEOPLE * SCHEDULES];
#ifdef LIMIT
byte booking_version[PEOPLE];
#endif
#ifdef DESK
bit closed_and_empty;
#else
#define closed_and_empty 0
#endif
byte faults = FAULTS;
byte crashes = CRASHES;

/* The programs of the people: the schedule of the first booking, and the request that follows. */
byte first_schedule[PEOPLE];
byte second_request[PEOPLE];

#define row(person, schedule) appointments[(person) * SCHEDULES + (schedule)]
#define held(person, schedule) (row(person, schedule).state == BOOKED)
#define bit_of(place) (1 << (place))
#define size_of(places) (((places) & 1) + ((places) >> 1))
#define other(schedule) (1 - (schedule))

/* ---- what is always true (docs/concurrency.md) ---- */

#define taken_by(person, schedule) (held(person, schedule) -> bit_of(row(person, schedule).place) : 0)
#define taken_in(schedule) (taken_by(0, schedule) + taken_by(1, schedule) + taken_by(2, schedule))

/* Rules 1 and 2. The sum is ALL_PLACES only if no place is held twice, held and free, or neither. */
#define schedule_is_right(schedule) \
    (taken_in(schedule) + schedules[schedule].free == ALL_PLACES && \
    (taken_by(0, schedule) & taken_by(1, schedule)) == 0 && \
    ((taken_by(0, schedule) + taken_by(1, schedule)) & taken_by(2, schedule)) == 0 && \
    schedules[schedule].available_count == size_of(schedules[schedule].free))
#define nobody_is_left (!closed_and_empty || taken_in(0) == 0)
#ifdef LIMIT
#define within_limit !(held(0, 0) && held(0, 1)) && !(held(1, 0) && held(1, 1)) && !(held(2, 0) && held(2, 1))
#else
#define within_limit true
#endif

inline check_all() {
    assert(schedule_is_right(0));
    assert(schedule_is_right(1));
    assert(nobody_is_left);
    assert(within_limit)
}

/* ---- the conditions of the transactions ---- */

#ifdef NO_VERSION
#define held_is_as_read (!held(who, target))
#define moving_is_as_read (held(who, from))
#define booking_version_is_as_read true
#else
#define held_is_as_read (row(who, target).version == held_version && !held(who, target))
#define moving_is_as_read (held(who, from) && row(who, from).version == moving_version)
#ifdef LIMIT
#define booking_version_is_as_read (by_staff || booking_version[who] == counter)
#else
#define booking_version_is_as_read true
#endif
#endif
#ifdef COUNT_ONLY
#define place_is_free (schedules[target].available_count > 0 && schedules[target].open)
#else
#define place_is_free (schedules[target].available_count > 0 && (schedules[target].free & bit_of(place)) \
    && schedules[target].open)
#endif
#define every_condition \
    (held_is_as_read && place_is_free && booking_version_is_as_read && (kind == BOOK || moving_is_as_read))

/* ---- the steps ---- */

inline read_schedule() { d_step { free = schedules[target].free; open = schedules[target].open } }

inline read_held() { d_step { held_state = row(who, target).state; held_version = row(who, target).version } }

/* The appointment to be cancelled or moved. A place that is not the one meant: given up, and booked anew. */
inline read_moving() {
    d_step {
        moving_state = row(who, from).state;
        moving_version = row(who, from).version;
        is_same = (row(who, from).place == meant)
    }
}

inline give_back(state_after) {
    row(who, from).state = state_after;
    row(who, from).version++;
    schedules[from].free = schedules[from].free | bit_of(meant);
    schedules[from].available_count++
}

inline take_place() {
    schedules[target].available_count--;
    schedules[target].free = schedules[target].free & (ALL_PLACES ^ bit_of(place));
    row(who, target).state = BOOKED;
    row(who, target).version++;
    row(who, target).place = place
}

/* Apply the transaction. A request is carried out once at most. */
inline apply() {
    d_step {
        if
        :: kind == CANCEL -> give_back(CANCELLED)
        :: kind == MOVE -> give_back(POSTPONED); take_place()
        :: kind == BOOK -> take_place()
        fi;
#ifdef LIMIT
        if
        :: kind != CANCEL && !by_staff -> booking_version[who]++
        :: else
        fi;
#endif
        assert(!is_applied);
        is_applied = 1;
        check_all()
    }
}

/* Local values that nobody reads any more do not make states differ. */
inline forget() {
    atomic {
        free = 0; open = 0; held_state = 0; held_version = 0; moving_state = 0; moving_version = 0; is_same = 0;
        is_applied = 0; is_retry = 0;
#ifdef LIMIT
        counter = 0
#endif
    }
}

/* One request: who, kind, from, target and meant are set; the result is answer and place. */
inline serve() {
    answer = DONE;
find:
    if
    :: kind != BOOK -> read_moving()
    :: else
    fi;
decide:
    if
    :: kind == BOOK
    :: kind != BOOK && moving_state == NONE -> answer = REFUSED; goto answered
    :: kind == CANCEL && (moving_state == CANCELLED || (moving_state != NONE && !is_same)) -> answer = DONE; goto answered
    :: kind == CANCEL && moving_state == POSTPONED && is_same -> answer = REFUSED; goto answered
    :: kind == CANCEL && moving_state == BOOKED && is_same -> goto write
    :: kind == MOVE && moving_state != NONE && !is_same -> answer = REFUSED; goto answered
    :: kind == MOVE && moving_state == CANCELLED && is_same -> answer = REFUSED; goto answered
    :: kind == MOVE && moving_state == POSTPONED && is_same -> answer = DONE; goto answered
    :: kind == MOVE && moving_state == BOOKED && is_same
    fi;
read:
    /* One BatchGetItem: each item is read at a moment of its own. */
#ifdef LIMIT
    counter = booking_version[who];
#endif
    if
    :: read_schedule(); read_held()
    :: read_held(); read_schedule()
    fi;
check:
    if
    :: kind == BOOK && held_state == BOOKED -> answer = DONE; goto answered
    :: kind == MOVE && held_state == BOOKED -> goto look_again
    :: held_state != BOOKED && (!open || !free) -> goto look_again
#ifdef LIMIT
    /* Listed after booking_version was read. */
    :: held_state != BOOKED && open && free && kind == BOOK && held(who, other(target)) -> goto look_again
    :: held_state != BOOKED && open && free && (kind == MOVE || !held(who, other(target)))
#else
    :: held_state != BOOKED && open && free
#endif
    fi;
    if /* the lowest; any if somebody was faster, or if the person gave up a place of it before */
    :: free & 1 -> place = 0
    :: (free & 2) && (free == 2 || is_retry || held_state != NONE) -> place = 1
    fi;
write:
    atomic {
        if
        :: kind == CANCEL && moving_is_as_read -> apply(); goto applied
        :: kind == CANCEL && !moving_is_as_read -> goto find
        :: kind != CANCEL && every_condition -> apply(); goto applied
        :: kind != CANCEL && !every_condition -> goto conflict
        :: faults -> faults--; goto write /* nothing was done, or nobody knows */
        :: crashes -> crashes--; answer = LOST; goto answered
        fi
    };
applied:
    atomic {
        if
        :: answer = DONE; goto answered
        :: faults -> faults-- /* the answer is lost: the same transaction is sent again */
        :: crashes -> crashes--; answer = LOST; goto answered
        fi
    };
#ifdef NO_TOKEN
    goto write;
#else
    answer = DONE; goto answered; /* recognised by its client token */
#endif
conflict:
    is_retry = 1;
    /* What the failed transaction returns: the items whose condition failed, as they are now. */
    atomic {
#ifdef LIMIT
        if
        :: kind == MOVE -> if :: !moving_is_as_read -> read_moving(); goto decide :: else -> goto read fi
        :: kind == BOOK -> goto read
        fi
#else
        if
        :: !held_is_as_read -> read_held()
        :: else
        fi;
        if
        :: !place_is_free -> read_schedule()
        :: else
        fi;
        if
        :: kind == MOVE && !moving_is_as_read -> read_moving(); goto decide_again
        :: else -> goto check
        fi
#endif
    };
decide_again:
    if
    :: moving_state == BOOKED && is_same -> goto check
    :: else -> goto decide
    fi;
look_again:
    /* A copy of this request may have succeeded between two reads, even on the last place. */
    atomic {
        if
        :: kind == BOOK && row(who, target).version == held_version -> answer = REFUSED; goto answered
        :: kind == BOOK && row(who, target).version != held_version -> read_held(); goto check
        :: kind == MOVE && row(who, from).version == moving_version -> answer = REFUSED; goto answered
        :: kind == MOVE && row(who, from).version != moving_version -> read_moving(); goto decide
        fi
    };
answered:
    forget()
}

#ifdef LIMIT
#define LOCALS \
    byte who, kind, from, target, meant, answer, place, free, held_state, held_version, moving_state, moving_version; \
    bit open, is_same, is_applied, is_retry, by_staff; byte counter
#else
#define LOCALS \
    byte who, kind, from, target, meant, answer, place, free, held_state, held_version, moving_state, moving_version; \
    bit open, is_same, is_applied, is_retry, by_staff
#endif

#ifdef COPY
/* A request that its client sent again, because it did not wait for the answer of this copy. */
chan sent_again = [0] of { byte, byte, byte, byte, byte };
bit copy_sent;

proctype copy() {
    LOCALS;
    end_unsent: sent_again ? who, kind, from, target, meant;
    serve()
}

#define may_send_again() \
    if \
    :: atomic { !copy_sent -> copy_sent = 1; sent_again ! who, kind, from, target, meant } \
    :: true \
    fi
#else
#define may_send_again() skip
#endif

proctype person(byte me) {
    LOCALS;
    bit is_second;
    who = me; kind = BOOK; target = first_schedule[me]; from = target; meant = NO_PLACE;
send:
    may_send_again();
send_after_loss:
    serve();
    if
    :: answer == LOST -> goto send_after_loss /* 503, or the connection was cut */
    :: answer != LOST && (is_second || me >= SECOND || answer == REFUSED) -> goto ended
    :: answer == DONE && !is_second
    fi;
    d_step {
        is_second = 1;
        kind = second_request[me];
        meant = row(who, from).place;
        place = 0;
        target = (kind == CANCEL -> from : other(from));
        from = (kind == BOOK -> target : from)
    };
    goto send;
ended:
    atomic { kind = 0; from = 0; target = 0; meant = 0; answer = 0; place = 0 }
}

#ifdef DESK
/* Close schedule 0, then move or cancel each who holds a place, until nobody does. */
proctype desk() {
    LOCALS;
    by_staff = 1;
    schedules[0].open = 0;
list:
    if
    :: atomic { schedules[0].free == ALL_PLACES -> closed_and_empty = 1; goto ended }
    :: atomic { held(0, 0) -> who = 0 }
    :: atomic { held(1, 0) -> who = 1 }
    :: atomic { held(2, 0) -> who = 2 }
    fi;
    d_step { from = 0; target = 1; kind = MOVE; meant = row(who, 0).place };
send:
    serve();
    if
    :: answer == LOST -> goto send
    :: answer == REFUSED && kind == MOVE -> kind = CANCEL; goto send
    :: else -> goto list
    fi;
ended:
    skip
}
#endif

/* Programs that differ only in who is who, or in the number of the schedule, are one. */
#define program(p) (first_schedule[p] * 3 + second_request[p])

#ifdef DESK
#define schedules_in_order true /* the desk closes schedule 0 */
#else
#define schedules_in_order (first_schedule[0] + first_schedule[1] + first_schedule[2] < 2)
#endif

inline choose_program(p) {
    if
    :: first_schedule[p] = 0
    :: first_schedule[p] = 1
    fi;
    if
    :: p < SECOND -> if :: second_request[p] = BOOK :: second_request[p] = CANCEL :: second_request[p] = MOVE fi
    :: else
    fi
}

/* People with the same choices are interchangeable. */
#define in_order(p) (program(p) <= program(p + 1) || p + 1 == SECOND)

init {
    atomic {
        schedules[0].free = ALL_PLACES; schedules[0].available_count = 2; schedules[0].open = 1;
        schedules[1].free = ALL_PLACES; schedules[1].available_count = 2; schedules[1].open = 1;
#ifdef TWO
        choose_program(0); choose_program(1);
        if
        :: program(0) <= program(1) ->
            run person(0); run person(1);
#else
        choose_program(0); choose_program(1); choose_program(2);
        if
        :: in_order(0) && in_order(1) && schedules_in_order ->
            run person(0); run person(1); run person(2);
#endif
#ifdef COPY
            run copy();
#endif
#ifdef DESK
            run desk()
#endif
        :: else /* the same as another one */
        fi
    }
}
