/* Runs a table of NumPy's inner loops in one go, with the interpreter lock released.

A row of the table is a call as translation.py writes it, all of whose fields are as wide as a pointer. NumPy's
inner loops are C functions of the public type PyUFuncGenericFunction (numpy/ufuncobject.h). Nothing is checked here:
what does not fit is refused where a row is written. */

#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <stdint.h>

#define ARGUMENTS 5

typedef void (*Loop)(char **arguments, const intptr_t *sizes, const intptr_t *strides, void *data);

typedef struct {
    Loop loop;
    void *data;
    char *arguments[ARGUMENTS];
    intptr_t sizes[4];      /* of what the loop itself walks over */
    intptr_t strides[9];
    intptr_t times[2];      /* how often it is called, in two nested loops around it, and how far each goes on */
    intptr_t steps[2][ARGUMENTS];
    intptr_t advance[ARGUMENTS]; /* from one mini-batch to the next */
} Row;

typedef struct {
    intptr_t first, last; /* rows, of which the last is not run */
    intptr_t place;       /* how often each row's arguments have advanced already */
    intptr_t times;       /* mini-batches, one after another */
} Part;

/* The beginning of PyUFuncObject; trust.py compares its answers with NumPy's before any of it is used. */
typedef struct {
    PyObject_HEAD
    int inputs, outputs, arguments, identity;
    Loop *loops;
    void *const *data;
    int kinds, unused;
    const char *name;
    const char *types;
} Ufunc;

/* What NumPy does without a ufunc: conversions, and copying where a mask is true. */

#define CONVERT(name, From, To)                                                                       \
    static void name(char **arguments, const intptr_t *sizes, const intptr_t *strides, void *unused) { \
        char *from = arguments[0], *to = arguments[1];                                                \
        for (intptr_t i = 0; i < sizes[0]; i++, from += strides[0], to += strides[1])                 \
            *(To *)to = (To)*(From *)from;                                                            \
    }

CONVERT(bool_to_float, unsigned char, float)
CONVERT(bool_to_double, unsigned char, double)
CONVERT(float_to_double, float, double)
CONVERT(double_to_float, double, float)

#define COPY_WHERE(name, Type)                                                                        \
    static void name(char **arguments, const intptr_t *sizes, const intptr_t *strides, void *unused) { \
        char *from = arguments[0], *mask = arguments[1], *to = arguments[2];                          \
        for (intptr_t i = 0; i < sizes[0]; i++, from += strides[0], mask += strides[1], to += strides[2]) \
            if (*mask)                                                                                \
                *(Type *)to = *(Type *)from;                                                          \
    }

COPY_WHERE(copy_floats_where, float)
COPY_WHERE(copy_doubles_where, double)

static void run_rows(const Row *row, const Row *end, intptr_t place) {
    char *outer[ARGUMENTS], *inner[ARGUMENTS];
    for (; row < end; row++) {
        for (int k = 0; k < ARGUMENTS; k++)
            outer[k] = row->arguments[k] + place * row->advance[k];
        for (intptr_t i = 0; i < row->times[0]; i++) {
            for (int k = 0; k < ARGUMENTS; k++)
                inner[k] = outer[k];
            for (intptr_t j = 0; j < row->times[1]; j++) {
                char *arguments[ARGUMENTS];
                for (int k = 0; k < ARGUMENTS; k++)
                    arguments[k] = inner[k];
                row->loop(arguments, row->sizes, row->strides, row->data);
                for (int k = 0; k < ARGUMENTS; k++)
                    inner[k] += row->steps[1][k];
            }
            for (int k = 0; k < ARGUMENTS; k++)
                outer[k] += row->steps[0][k];
        }
    }
}

static PyObject *run(PyObject *module, PyObject *arguments) {
    PyObject *table, *order;
    Py_buffer rows, parts;
    if (!PyArg_ParseTuple(arguments, "OO", &table, &order) || PyObject_GetBuffer(table, &rows, PyBUF_SIMPLE))
        return NULL;
    if (PyObject_GetBuffer(order, &parts, PyBUF_SIMPLE)) {
        PyBuffer_Release(&rows);
        return NULL;
    }
    const Row *row = rows.buf;
    const Part *part = parts.buf, *end = part + parts.len / sizeof(Part);
    intptr_t count = rows.len / sizeof(Row);
    for (; part < end; part++)
        if (part->first < 0 || part->last < part->first || part->last > count)
            break;
    int fits = part == end;
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        for (part = parts.buf; part < end; part++)
            for (intptr_t i = 0; i < part->times; i++)
                run_rows(row + part->first, row + part->last, part->place + i);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&parts);
    PyBuffer_Release(&rows);
    if (fits)
        Py_RETURN_NONE;
    PyErr_SetString(PyExc_IndexError, "no such rows");
    return NULL;
}

static PyObject *address_of(PyObject *module, PyObject *array) {
    Py_buffer buffer;
    if (PyObject_GetBuffer(array, &buffer, PyBUF_FULL_RO))
        return NULL;
    PyObject *address = PyLong_FromSsize_t((Py_ssize_t)buffer.buf);
    PyBuffer_Release(&buffer);
    return address;
}

static PyObject *loops_of(PyObject *module, PyObject *object) {
    const Ufunc *ufunc = (const Ufunc *)object;
    PyObject *found = PyDict_New();
    for (int i = ufunc->kinds - 1; found && i >= 0; i--) { /* of several for the same types NumPy takes the first */
        PyObject *types = PyBytes_FromStringAndSize(ufunc->types + i * ufunc->arguments, ufunc->arguments);
        PyObject *where = Py_BuildValue("nn", (Py_ssize_t)ufunc->loops[i], (Py_ssize_t)(ufunc->data ? ufunc->data[i] : 0));
        if (!types || !where || PyDict_SetItem(found, types, where))
            Py_CLEAR(found);
        Py_XDECREF(types);
        Py_XDECREF(where);
    }
    return found;
}

static PyMethodDef methods[] = {
    {"run", run, METH_VARARGS, "run(table, parts): run these parts of the table, with the interpreter lock released."},
    {"address_of", address_of, METH_O, "address_of(array): where its first element lies."},
    {"loops_of", loops_of, METH_O, "loops_of(ufunc): its inner loops, {type numbers: (function, data)}."},
    {NULL},
};

static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_loops", NULL, -1, methods};

PyMODINIT_FUNC PyInit__loops(void) {
    const struct {const char *name; Loop loop;} own[] = {
        {"bool_to_float", bool_to_float}, {"bool_to_double", bool_to_double}, {"float_to_double", float_to_double},
        {"double_to_float", double_to_float}, {"copy_floats_where", copy_floats_where},
        {"copy_doubles_where", copy_doubles_where},
    };
    PyObject *module = PyModule_Create(&definition);
    for (size_t i = 0; module && i < sizeof own / sizeof *own; i++) {
        PyObject *address = PyLong_FromSsize_t((Py_ssize_t)own[i].loop);
        if (!address || PyModule_AddObjectRef(module, own[i].name, address))
            Py_CLEAR(module);
        Py_XDECREF(address);
    }
    return module;
}
