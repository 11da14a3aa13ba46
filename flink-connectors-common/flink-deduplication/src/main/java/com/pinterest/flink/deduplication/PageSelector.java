// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.functions.KeySelector;

/** Selects the page of a record: the key by which the input of the operator is partitioned. */
final class PageSelector<T, K> implements KeySelector<T, Integer> {

    private static final long serialVersionUID = 1;

    private final KeySelector<T, K> keySelector;
    private final TypeSerializer<K> keySerializer;
    private final int pages;

    private transient KeyHash<K> hash;

    PageSelector(KeySelector<T, K> keySelector, TypeSerializer<K> keySerializer, int pages) {
        this.keySelector = keySelector;
        this.keySerializer = keySerializer;
        this.pages = pages;
    }

    @Override
    public Integer getKey(T value) throws Exception {
        if (hash == null) {
            hash = new KeyHash<>(keySerializer.duplicate());
        }
        hash.compute(key(keySelector, value));
        return hash.page(pages);
    }

    /** The key of a record, which must not be null. */
    static <T, K> K key(KeySelector<T, K> keySelector, T value) throws Exception {
        K key = keySelector.getKey(value);
        if (key == null) {
            throw new NullPointerException(
                    "The key selector of the deduplication returned null for the record "
                            + value
                            + ". Filter such records, or give them a key.");
        }
        return key;
    }
}
