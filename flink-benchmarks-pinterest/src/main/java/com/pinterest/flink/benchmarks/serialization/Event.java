// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.util.Objects;

/** The record of the cases {@code pojo15}: a typical bean of 15 fields. */
public final class Event {

    private Address address;
    private String agent;
    private double amount;
    private long campaign;
    private String channel;
    private int clicks;
    private boolean confirmed;
    private String country;
    private long createdAt;
    private String id;
    private String page;
    private Double quality;
    private short rank;
    private String referrer;
    private long userId;

    /** For serializers. */
    public Event() {}

    public Address getAddress() {
        return address;
    }

    public void setAddress(Address address) {
        this.address = address;
    }

    public String getAgent() {
        return agent;
    }

    public void setAgent(String agent) {
        this.agent = agent;
    }

    public double getAmount() {
        return amount;
    }

    public void setAmount(double amount) {
        this.amount = amount;
    }

    public long getCampaign() {
        return campaign;
    }

    public void setCampaign(long campaign) {
        this.campaign = campaign;
    }

    public String getChannel() {
        return channel;
    }

    public void setChannel(String channel) {
        this.channel = channel;
    }

    public int getClicks() {
        return clicks;
    }

    public void setClicks(int clicks) {
        this.clicks = clicks;
    }

    public boolean isConfirmed() {
        return confirmed;
    }

    public void setConfirmed(boolean confirmed) {
        this.confirmed = confirmed;
    }

    public String getCountry() {
        return country;
    }

    public void setCountry(String country) {
        this.country = country;
    }

    public long getCreatedAt() {
        return createdAt;
    }

    public void setCreatedAt(long createdAt) {
        this.createdAt = createdAt;
    }

    public String getId() {
        return id;
    }

    public void setId(String id) {
        this.id = id;
    }

    public String getPage() {
        return page;
    }

    public void setPage(String page) {
        this.page = page;
    }

    public Double getQuality() {
        return quality;
    }

    public void setQuality(Double quality) {
        this.quality = quality;
    }

    public short getRank() {
        return rank;
    }

    public void setRank(short rank) {
        this.rank = rank;
    }

    public String getReferrer() {
        return referrer;
    }

    public void setReferrer(String referrer) {
        this.referrer = referrer;
    }

    public long getUserId() {
        return userId;
    }

    public void setUserId(long userId) {
        this.userId = userId;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Event that
                && Objects.equals(address, that.address)
                && Objects.equals(agent, that.agent)
                && Double.compare(amount, that.amount) == 0
                && campaign == that.campaign
                && Objects.equals(channel, that.channel)
                && clicks == that.clicks
                && confirmed == that.confirmed
                && Objects.equals(country, that.country)
                && createdAt == that.createdAt
                && Objects.equals(id, that.id)
                && Objects.equals(page, that.page)
                && Objects.equals(quality, that.quality)
                && rank == that.rank
                && Objects.equals(referrer, that.referrer)
                && userId == that.userId;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                address, agent, amount, campaign, channel, clicks, confirmed, country, createdAt,
                id, page, quality, rank, referrer, userId);
    }
}
