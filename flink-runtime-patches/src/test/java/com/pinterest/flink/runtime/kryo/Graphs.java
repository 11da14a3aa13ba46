// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kryo;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Makes random objects of what Kryo meets in jobs. */
@SuppressWarnings({"JavaUtilDate", "JdkObsolete"}) // Kryo has serializers of its own for them.
final class Graphs {

    private static final List<TimeUnit> UNITS = List.of(TimeUnit.values());

    private static final String[] ALPHABETS = {
        "abcdefghijklmnopqrstuvwxyz 0123456789",
        "àéîõüßñ abc",
        "Съешь же ещё",
        "数据流处理",
        "\ud83d\ude00\ud83d\udc1f x",
        "\u0000\u007f\u0080\uffff"
    };

    private final Random random;
    private final Bulk bulk;
    private final List<Object> earlier = new ArrayList<>();

    /** Whether objects may come again: not with one that the same Kryo reads within another. */
    private boolean refers;

    /** Arrays of primitives that Kryo reads in bulk. */
    enum Bulk {
        /** Where they are cut, upstream miscounts and asks for a negative number of bytes. */
        NONE(12),
        /** For an array of fewer than 8 bytes, upstream takes bytes of what comes next. */
        AS_UPSTREAM(15),
        ANY(21);

        /** Of {@link Inputs.Probe}: how many of its methods read such arrays, or do not. */
        final int methods;

        Bulk(int methods) {
            this.methods = methods;
        }
    }

    Graphs(Random random, Bulk bulk) {
        this.random = random;
        this.bulk = bulk;
    }

    Object next() {
        earlier.clear();
        refers = random.nextInt(4) > 0;
        return next(3);
    }

    private Object next(int depth) {
        Object object;
        if (depth > 0 && random.nextInt(3) > 0) {
            object = random.nextInt(4) == 0 ? ofUsersSerializer() : composite(depth - 1);
        } else {
            object = leaf();
        }
        if (refers && !earlier.isEmpty() && random.nextInt(8) == 0) {
            return earlier.get(random.nextInt(earlier.size()));
        }
        earlier.add(object);
        return object;
    }

    private Object composite(int depth) {
        int size = random.nextInt(random.nextInt(10) == 0 ? 200 : 6);
        switch (random.nextInt(6)) {
            case 0:
                return fill(new ArrayList<>(), size, depth);
            case 1:
                return fill(new LinkedList<>(), size, depth);
            case 2:
                return fill(new LinkedHashMap<>(), size, depth);
            case 3:
                return fill(random.nextBoolean() ? new TreeMap<>() : new HashMap<>(), size, depth);
            case 4:
                Object[] array = new Object[size % 8];
                for (int i = 0; i < array.length; i++) {
                    array[i] = next(0);
                }
                return array;
            default:
                return bean(depth);
        }
    }

    private List<Object> fill(List<Object> list, int size, int depth) {
        for (int i = 0; i < size; i++) {
            list.add(next(size > 6 ? 0 : depth));
        }
        return list;
    }

    private Map<String, Object> fill(Map<String, Object> map, int size, int depth) {
        for (int i = 0; i < size; i++) {
            map.put(text(), next(size > 6 ? 0 : depth));
        }
        return map;
    }

    private Bean bean(int depth) {
        Bean bean = new Bean();
        bean.flag = random.nextBoolean();
        bean.tiny = (byte) random.nextInt();
        bean.small = (short) random.nextInt();
        bean.letter = (char) random.nextInt();
        bean.number = number();
        bean.large = (long) number() << random.nextInt(33);
        bean.single = random.nextFloat();
        bean.precise = random.nextDouble();
        bean.boxed = random.nextBoolean() ? null : number();
        bean.text = random.nextInt(5) == 0 ? null : text();
        bean.unit = UNITS.get(random.nextInt(UNITS.size()));
        bean.bytes = random.nextBoolean() ? null : bytes(random.nextInt(40));
        bean.any = next(depth);
        bean.list = random.nextBoolean() ? null : fill(new ArrayList<>(), 3, 0);
        bean.next = depth > 0 && random.nextBoolean() ? bean(depth - 1) : null;
        return bean;
    }

    private Object leaf() {
        switch (random.nextInt(bulk == Bulk.NONE ? 13 : bulk == Bulk.ANY ? 18 : 16)) {
            case 0:
                return number();
            case 1:
                return random.nextLong();
            case 2:
                return random.nextDouble();
            case 3:
                return random.nextBoolean();
            case 4:
                return bytes(random.nextInt(6) == 0 ? 10000 : random.nextInt(50));
            case 5:
                return random.longs(size()).toArray();
            case 6:
                return random.ints(size(), -100, 1000).toArray();
            case 7:
                return new Date(random.nextInt());
            case 8:
                return new BigDecimal(new BigInteger(80, random), random.nextInt(20));
            case 9:
                return new String[] {text(), null, text()};
            case 13:
                return random.doubles(size()).toArray();
            case 14:
                return floats();
            case 15:
                return booleans();
            case 16:
                return shorts();
            case 17:
                return chars();
            default:
                return text();
        }
    }

    private Object ofUsersSerializer() {
        switch (random.nextInt(5)) {
            case 0:
                return new JavaSerialized(number(), text(), bytes(random.nextInt(2000)));
            case 1:
                if (!refers) {
                    // A failure without a cause has itself in its place.
                    return new Inputs.Chunk(text());
                }
                IllegalStateException failure = new IllegalStateException(text());
                failure.setStackTrace(new StackTraceElement[0]);
                return failure;
            case 2:
                return new Inputs.Probe(
                        random.nextLong(), bulk.methods, bytes(random.nextInt(3000)));
            case 3:
                return new Inputs.Chunk(text());
            default:
                int kind = random.nextInt(Inputs.Nested.KINDS);
                return new Inputs.Nested(refers && kind % 2 == 0 ? 1 : kind, text());
        }
    }

    private int number() {
        return random.nextInt() >> random.nextInt(32);
    }

    private int size() {
        return random.nextInt(random.nextInt(10) == 0 ? 2000 : 10);
    }

    private float[] floats() {
        float[] floats = new float[bulkSize(Float.BYTES)];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = random.nextFloat();
        }
        return floats;
    }

    private boolean[] booleans() {
        boolean[] booleans = new boolean[bulkSize(1)];
        for (int i = 0; i < booleans.length; i++) {
            booleans[i] = random.nextBoolean();
        }
        return booleans;
    }

    private short[] shorts() {
        short[] shorts = new short[bulkSize(Short.BYTES)];
        for (int i = 0; i < shorts.length; i++) {
            shorts[i] = (short) random.nextInt();
        }
        return shorts;
    }

    private char[] chars() {
        char[] chars = new char[bulkSize(Character.BYTES)];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) random.nextInt();
        }
        return chars;
    }

    private int bulkSize(int unit) {
        if (random.nextInt(4) == 0) {
            return 0;
        }
        int least = bulk == Bulk.ANY ? 1 : Long.BYTES / unit;
        return least + (random.nextBoolean() ? random.nextInt(3) : size());
    }

    private byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private String text() {
        String alphabet = ALPHABETS[random.nextInt(ALPHABETS.length)];
        int length = random.nextInt(random.nextInt(20) == 0 ? 9000 : 40);
        if (length == 0 && !refers) {
            // Empty strings are one object.
            length = 1;
        }
        StringBuilder text = new StringBuilder(length);
        while (text.length() < length) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** A class without setters, as falls to Kryo. */
    @SuppressWarnings("UnusedVariable")
    static final class Bean {
        private boolean flag;
        private byte tiny;
        private short small;
        private char letter;
        private int number;
        private long large;
        private float single;
        private double precise;
        private Integer boxed;
        private String text;
        private TimeUnit unit;
        private byte[] bytes;
        private Object any;
        private List<Object> list;
        private Bean next;
    }

    /** Registered with Flink's JavaSerializer. */
    @SuppressWarnings("UnusedVariable")
    static final class JavaSerialized implements Serializable {
        private static final long serialVersionUID = 1L;

        private final int number;
        private final String text;
        private final byte[] bytes;

        JavaSerialized(int number, String text, byte[] bytes) {
            this.number = number;
            this.text = text;
            this.bytes = bytes;
        }
    }
}
